// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Glibc

/// The terminal a person sits at, reached past standard input and output, which may belong to a script or a pipe.
///
/// What was typed before the question was shown does not count as an answer.
public struct ControllingTerminal: Prompter {
    private let path: String
    /// The longest answer.
    private static let longest = 4096

    /// Names a terminal; the one of this process unless a test says otherwise.
    public init(path: String = "/dev/tty") { self.path = path }

    /// Whether there is a terminal to ask at.
    public var isPresent: Bool {
        let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// The columns that it has now; nil where it does not tell.
    public var width: Int? {
        let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// What was answered; nil where there is no terminal, this process is in its background, nobody answered in time, or the
    /// asking task was cancelled.
    public func ask(_ prompt: String, timeout: Double) async -> String? {
        await bytes(prompt, timeout: timeout, isShown: true).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What was answered, without showing what is typed; nil as with ``ask(_:timeout:)``.
    public func askSecret(_ prompt: String, timeout: Double = 60) async -> [UInt8]? {
        await bytes(prompt, timeout: timeout, isShown: false)
    }

    private func bytes(_ prompt: String, timeout: Double, isShown: Bool) async -> [UInt8]? {
        // One end ends when the other is shut down: so a question is taken back that nobody wants answered any more.
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            return nil
        }
        let (cancelled, cancelling) = (pair[0], pair[1])
        defer {
            close(cancelled)
            close(cancelling)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Waiting for a person blocks a thread, which must not be one of the few that tasks share.
                DispatchQueue.global().async {
                    continuation.resume(
                        returning: askNow(prompt, timeout: timeout, isShown: isShown, cancellation: cancelled))
                }
            }
        } onCancel: {
            shutdown(cancelling, Int32(SHUT_RDWR))
        }
    }

    private func askNow(_ prompt: String, timeout: Double, isShown: Bool, cancellation: Int32) -> [UInt8]? {
        let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // Changing the terminal from the background would stop this process.
        let foreground = tcgetpgrp(descriptor)
        guard foreground <= 0 || foreground == getpgrp() else { return nil }
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else { return nil }
        var whileAsking = before
        whileAsking.c_iflag |= tcflag_t(ICRNL)
        whileAsking.c_oflag |= tcflag_t(OPOST | ONLCR)
        whileAsking.c_lflag |= tcflag_t(ICANON | ECHO | ECHOE | ECHOK | ISIG)
        if !isShown {
            whileAsking.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK)
            // The line feed is shown, so that what comes next begins on a line of its own.
            whileAsking.c_lflag |= tcflag_t(ECHONL)
        }
        guard tcsetattr(descriptor, TCSAFLUSH, &whileAsking) == 0 else { return nil }
        defer { tcsetattr(descriptor, TCSADRAIN, &before) }
        tcflush(descriptor, TCIFLUSH)
        guard write(prompt, to: descriptor) else { return nil }
        let answer = line(from: descriptor, timeout: timeout, cancellation: cancellation)
        if answer == nil { _ = write("\n", to: descriptor) }
        return answer
    }

    private func line(from descriptor: Int32, timeout: Double, cancellation: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.longest)
        // What was typed may be a password.
        defer {
            chunk.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        let end = Self.now() + min(max(timeout, 0), 86_400)
        while bytes.last != UInt8(ascii: "\n") {
            let left = end - Self.now()
            guard left > 0 else { return nil }
            var requests = [descriptor, cancellation].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&requests, 2, Int32(left * 1000) + 1)
            if ready < 0, errno != EINTR { return nil }
            guard ready > 0 else { continue }
            if requests[1].revents != 0 { return nil }
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            bytes += chunk.prefix(count)
            guard bytes.count <= Self.longest else { return nil }
        }
        return Array(bytes.dropLast())
    }

    private func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
