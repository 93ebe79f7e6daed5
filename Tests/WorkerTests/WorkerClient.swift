// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Wire

/// What went wrong between a test and its worker.
struct WorkerFailure: Error, CustomStringConvertible {
    let description: String
}

/// A real `pvelua-worker` on the other end of a socket pair.
final class WorkerClient: @unchecked Sendable {
    private let pid: pid_t
    private let descriptor: Int32
    private var reader = FrameReader()
    private var status: Int32?

    /// Starts the program with an empty environment, descriptor 3 and nothing else of use.
    init() throws {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw WorkerFailure(description: "socketpair: \(errno)")
        }
        descriptor = pair[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for standard in Int32(0)...2 { posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0) }
        posix_spawn_file_actions_adddup2(&actions, pair[1], 3)
        let program = Places.products.appendingPathComponent("pvelua-worker").path
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        defer { free(arguments[0]) }
        var child: pid_t = 0
        let result = posix_spawn(&child, program, &actions, nil, &arguments, &environment)
        close(pair[1])
        pid = child
        guard result == 0 else { throw WorkerFailure(description: "posix_spawn of \(program): \(result)") }
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        close(descriptor)
    }

    /// Sends a frame.
    func send(_ frame: Frame) throws { try send(frame.encoded()) }

    /// Sends bytes that need not be a frame.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw WorkerFailure(description: "the worker reads no more (\(errno))") }
            sent += count
        }
    }

    /// The next frame, or nil when the worker has closed the channel.
    ///
    /// A worker that says nothing for a minute hangs, which is a failure of its own.
    func next() async throws -> Frame? {
        while true {
            if let frame = try reader.next() { return frame }
            let bytes = await onThread { [descriptor] in Self.receive(from: descriptor) }
            guard let bytes else { throw WorkerFailure(description: "the worker hangs") }
            guard !bytes.isEmpty else { return nil }
            bytes.withUnsafeBytes { reader.feed($0) }
        }
    }

    /// Blocks until something comes: nothing at the end, nil where none comes.
    private static func receive(from descriptor: Int32) -> [UInt8]? {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, 60_000) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        return Array(buffer.prefix(max(count, 0)))
    }

    /// Says that nothing more will come.
    func hangUp() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// How the process ended: its exit status, or minus the signal's number.
    func end() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        waitpid(pid, &raw, 0)
        let signal = raw & 0x7f
        let ended = signal == 0 ? (raw >> 8) & 0xff : -signal
        status = ended
        return ended
    }
}
