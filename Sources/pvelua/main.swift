// SPDX-License-Identifier: Apache-2.0
import Commands
import Glibc
import Programs

// Tokens and passwords are in memory.
PrivateMemory.begin()
PrivateMemory.useOneHeap()
// A reader that goes away (`| head`) must not kill the host between a change and its record.
signal(SIGPIPE, SIG_IGN)
// A stream that was closed by the parent would lend its number to the worker's channel or to the journal. What stands in for
// standard output cannot be written to, so that lost output is told as such.
for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", descriptor == 1 ? O_RDONLY : O_RDWR)
}

let status = await PveluaMain.run(Array(CommandLine.arguments.dropFirst()), context: .live())
fflush(nil)
// Not `exit`: that takes OpenSSL apart, while the thread of a transport that nobody waits for may still close a connection.
// One process in some hundreds died of it after its work was done (SIGSEGV).
_exit(status)
