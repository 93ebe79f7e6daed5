// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model

/// A program whose standard output is a secret.
///
/// Standard error stays the terminal's, so that it may ask for a PIN.
struct SecretCommand {
    let words: [String]
    let environment: [String: String]

    /// Runs the program to its end.
    ///
    /// - Throws: ``Failure`` of kind `config` where it cannot be started, fails, prints too much or takes too long.
    func output(most: Int, seconds: Double) throws(Failure) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw failure("cannot be started: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(readEnd) }
        let child: pid_t
        do {
            defer { close(writeEnd) }
            child = try start(writeEnd)
        }
        let end = Self.now() + seconds
        let collected: [UInt8]
        do {
            collected = try collect(readEnd, most: most, until: end)
        } catch {
            stop(child)
            throw error
        }
        guard let status = status(of: child, until: end) else {
            stop(child)
            throw tooLong
        }
        guard status == 0 else { throw failure("ended with status \(status)") }
        return collected
    }

    private func start(_ output: Int32) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        // Everything pvelua opens closes itself at exec; this is for what its own parent left open.
        for descriptor: Int32 in 3..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, words.first ?? "", &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw failure("cannot be started: \(String(cString: strerror(code)))") }
        return child
    }

    private func collect(_ descriptor: Int32, most: Int, until end: Double) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = end - Self.now()
            guard left > 0 else { throw tooLong }
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&request, 1, Int32(min(left * 1000 + 1, 60_000)))
            if ready < 0, errno != EINTR { throw failure(String(cString: strerror(errno))) }
            guard ready > 0 else { continue }
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { throw failure(String(cString: strerror(errno))) }
            bytes += chunk.prefix(max(count, 0))
            guard bytes.count <= most else { throw failure("printed more than \(most) bytes") }
        }
    }

    /// The exit status, or nil where the program has closed its output and does not end.
    private func status(of child: pid_t, until end: Double) -> Int? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0, errno != EINTR { return -1 }
            guard Self.now() < end else { return nil }
            usleep(2000)
        }
        let signal = status & 0x7f
        return Int(signal == 0 ? (status >> 8) & 0xff : 128 + signal)
    }

    /// Ends the program and, as it has a group of its own, what it started.
    private func stop(_ child: pid_t) {
        kill(-child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private var tooLong: Failure { failure("took too long") }

    private func failure(_ text: String) -> Failure {
        Failure(.config, "the command \(words.first ?? "") \(text)")
    }
}
