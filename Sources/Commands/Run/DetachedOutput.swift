// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Glibc
internal import Model
internal import Runbook
internal import Synchronization

/// The side of a detached run that has left the terminal: whatever this process writes is kept in the run's record.
final class DetachedOutput: Sendable {
    /// How much of a run's output is kept.
    private static let most = 16 << 20
    /// How long output is gathered before it is written.
    private static let pause = Duration.milliseconds(100)

    private let scope: RunScope
    private let pieces: AsyncStream<(stream: Int, bytes: [UInt8])>
    private let continuation: AsyncStream<(stream: Int, bytes: [UInt8])>.Continuation
    private let waiting = Mutex<[(stream: Int, bytes: [UInt8])]>([])
    private let open = Mutex(2)
    private let keeper = Mutex<Swift.Task<Void, Never>?>(nil)

    private init(_ scope: RunScope) {
        self.scope = scope
        (pieces, continuation) = AsyncStream.makeStream()
    }

    /// Begins the run in the journal, leaves the terminal, and reports the run's name; from then on all output is kept.
    ///
    /// - Parameter report: The descriptor that the waiting process reads the name from.
    static func leave(_ scope: RunScope, report: Int32) async throws(Failure) -> DetachedOutput {
        try await scope.beginNow()
        let output = DetachedOutput(scope)
        // Not a leader of its group, as it shares that of the process that waits; only a forged variable makes it one.
        guard setsid() >= 0 else {
            throw Failure(.usage, "this process cannot leave its terminal", hint: "use --detach")
        }
        let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        if null >= 0 { dup2(null, 0) }
        for stream in [1, 2] { try output.capture(stream) }
        if null >= 0 { close(null) }
        output.keeper.withLock { keeper in keeper = Swift.Task { await output.keep() } }
        writeAll(report, Array((scope.id + "\n").utf8))
        close(report)
        return output
    }

    /// Waits until all that was written is kept; what comes later vanishes.
    func finish() async {
        let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        for descriptor: Int32 in [1, 2] { dup2(null, descriptor) }
        if null >= 0 { close(null) }
        await keeper.withLock { $0 }?.value
    }

    private func capture(_ stream: Int) throws(Failure) {
        let (source, end) = try Detachment.pipe()
        dup2(end, Int32(stream))
        close(end)
        // A thread of its own: reading a pipe blocks.
        let thread = DispatchQueue(label: "pvelua.output.\(stream)")
        thread.async { [self] in
            var buffer = [UInt8](repeating: 0, count: 32 << 10)
            while true {
                let count = read(source, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                continuation.yield((stream, Array(buffer[..<count])))
            }
            close(source)
            let isLast = open.withLock { open in
                open -= 1
                return open == 0
            }
            if isLast { continuation.finish() }
        }
    }

    /// Takes what comes; one task writes, so that it stays in order, and what is beyond the bound is let go.
    private func keep() async {
        let clock = Swift.Task {
            while !Swift.Task.isCancelled {
                try? await ContinuousClock().sleep(for: Self.pause)
                await self.write()
            }
        }
        var kept = 0
        for await (stream, bytes) in pieces {
            guard kept < Self.most else { continue }
            kept += bytes.count
            waiting.withLock { waiting in
                waiting.append((stream, bytes))
                if kept >= Self.most { waiting.append((2, Array("… the rest of the output is not kept\n".utf8))) }
            }
        }
        clock.cancel()
        await clock.value
        await write()
    }

    /// Writes what has gathered, neighbours of one stream as one piece.
    private func write() async {
        let gathered = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        var joined: [(stream: Int, bytes: [UInt8])] = []
        for piece in gathered {
            if joined.last?.stream == piece.stream {
                joined[joined.count - 1].bytes += piece.bytes
            } else {
                joined.append(piece)
            }
        }
        for piece in joined { await scope.keepOutput(stream: piece.stream, piece.bytes) }
    }
}
