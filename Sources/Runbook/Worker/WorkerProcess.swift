// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model
internal import Programs
public import Wire

/// A running `pvelua-worker` and the channel to it.
///
/// The worker gets one descriptor, an empty environment and nothing else of ours. Frames are read on a thread of their own,
/// so that a worker which never speaks costs nothing and one which never stops speaking cannot starve anybody.
public final class WorkerProcess: Sendable {
    /// What the channel has to say.
    public enum Event: Sendable {
        /// A frame of a kind that a worker may send.
        case frame(Frame)
        /// The worker is gone, or has spoken nonsense and was killed; nothing comes after this.
        case ended(WorkerEnd)
    }

    /// All that the worker says, in order.
    ///
    /// To be read by one task only.
    public let events: AsyncStream<Event>

    private let link: WorkerLink
    /// Where what answers the worker runs best.
    let loop: WorkerLoop

    /// Starts a worker.
    ///
    /// - Parameter executable: The path of `pvelua-worker`.
    /// - Throws: ``Failure`` of kind `config` where it cannot be started.
    public static func launch(executable: String) throws(Failure) -> WorkerProcess {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw Failure(.config, "no channel to a worker: \(errorText(errno))")
        }
        defer { close(pair[1]) }
        let pid: pid_t
        do {
            pid = try ProgramStart.start(
                executable, arguments: ["pvelua-worker"], environment: [],
                descriptors: [.null(0), .null(1), .null(2), .copy(of: pair[1], at: 3)])
        } catch {
            close(pair[0])
            throw Failure(
                .config, "cannot start the worker \(executable): \(error)",
                hint: "pvelua-worker must lie beside pvelua")
        }
        return WorkerProcess(channel: pair[0], pid: pid)
    }

    private init(channel: Int32, pid: pid_t) {
        link = WorkerLink(channel: channel, pid: pid)
        let (stream, continuation) = AsyncStream<Event>.makeStream()
        events = stream
        loop = WorkerLoop(channel: channel)
        ChannelReader(link: link, loop: loop, continuation: continuation).start()
    }

    // The reader's thread sees the end of the channel, reaps the process and closes our side.
    deinit { link.kill(WorkerEnd("the session ended")) }

    /// Sends a frame; a worker that is gone is told of by ``events``, not here.
    public func send(_ frame: Frame) {
        // What is large is not copied for the sake of nine bytes.
        frame.payload.count < 1 << 16 ? link.send(frame.encoded()) : link.send(frame.header, frame.payload)
    }

    /// Ends the worker at once.
    ///
    /// - Parameters:
    ///   - reason: What ``Event/ended(_:)`` says instead of the signal's name.
    ///   - isLimit: Whether the worker had used up what it was allowed.
    public func kill(reason: String, isLimit: Bool = false) { link.kill(WorkerEnd(reason, isLimit: isLimit)) }

    /// Tells that a frame was dealt with and takes no memory any more.
    func consumed(_ frame: Frame) { link.consumed(frame) }
}
