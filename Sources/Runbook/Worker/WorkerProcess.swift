// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model
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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in 0...2 as ClosedRange<Int32> {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, pair[1], 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Its own group: Ctrl-C at the terminal is the host's to answer.
        posix_spawnattr_setpgroup(&attributes, 0)
        // Dispatch blocks signals on its threads and the host ignores some; a worker must die of every signal as usual.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let name = strdup("pvelua-worker")
        defer { free(name) }
        var arguments: [UnsafeMutablePointer<CChar>?] = [name, nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let code = posix_spawn(&pid, executable, &actions, &attributes, &arguments, &environment)
        guard code == 0 else {
            close(pair[0])
            throw Failure(
                .config, "cannot start the worker \(executable): \(errorText(code))",
                hint: "pvelua-worker must lie beside pvelua")
        }
        return WorkerProcess(channel: pair[0], pid: pid)
    }

    private init(channel: Int32, pid: pid_t) {
        link = WorkerLink(channel: channel, pid: pid)
        let (stream, continuation) = AsyncStream<Event>.makeStream()
        events = stream
        ChannelReader(link: link, continuation: continuation).start()
    }

    // The reader's thread sees the end of the channel, reaps the process and closes our side.
    deinit { link.kill(WorkerEnd("the session ended")) }

    /// Sends a frame; a worker that is gone is told of by ``events``, not here.
    public func send(_ frame: Frame) { link.send(frame.encoded()) }

    /// Ends the worker at once.
    ///
    /// - Parameters:
    ///   - reason: What ``Event/ended(_:)`` says instead of the signal's name.
    ///   - isLimit: Whether the worker had used up what it was allowed.
    public func kill(reason: String, isLimit: Bool = false) { link.kill(WorkerEnd(reason, isLimit: isLimit)) }

    /// Tells that a frame was dealt with and takes no memory any more.
    func consumed(_ frame: Frame) { link.consumed(frame) }
}
