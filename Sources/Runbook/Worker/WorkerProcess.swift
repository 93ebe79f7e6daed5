// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model
internal import Synchronization
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
        case ended(reason: String)
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
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
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
    deinit { link.kill(reason: "the session ended") }

    /// Sends a frame; a worker that is gone is told of by ``events``, not here.
    public func send(_ frame: Frame) { link.send(frame.encoded()) }

    /// Ends the worker at once.
    ///
    /// - Parameter reason: What ``Event/ended(reason:)`` says instead of the signal's name.
    public func kill(reason: String) { link.kill(reason: reason) }
}

/// The descriptor and the process id, shared by the owner and the reader's thread; whoever is last lets them go.
final class WorkerLink: Sendable {
    let channel: Int32
    private let pid: pid_t
    private let state = Mutex(State())
    /// Whether the channel is open; held while writing, so that frames never mix and the descriptor is never reused.
    private let sending = Mutex(true)

    private struct State {
        var killReason: String?
        var isGone = false
    }

    init(channel: Int32, pid: pid_t) {
        self.channel = channel
        self.pid = pid
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Writes all bytes, or as many as a worker that just died still takes.
    ///
    /// A worker that has not read for ten seconds is killed: a host that waits for it would be its hostage.
    func send(_ bytes: [UInt8]) {
        sending.withLock { isOpen in
            var rest = bytes[...]
            while isOpen, !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.send(channel, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    return kill(reason: "it did not read what it was sent")
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    func kill(reason: String) {
        state.withLock { state in
            guard !state.isGone else { return }
            if state.killReason == nil { state.killReason = reason }
            Glibc.kill(pid, SIGKILL)
        }
    }

    /// Waits for the process, which has closed its side or is about to be killed, and says why it ended.
    func reap(nonsense: String?) -> String {
        if let nonsense { kill(reason: nonsense) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let reason = state.withLock { state in
            state.isGone = true
            return state.killReason
        }
        sending.withLock { isOpen in
            isOpen = false
            close(channel)
        }
        return reason ?? ExitDescription.of(status)
    }
}

/// What an exit status of a worker means to a person.
enum ExitDescription {
    static func of(_ status: Int32) -> String {
        let signal = status & 0x7f
        switch signal {
        case 0:
            let code = (status >> 8) & 0xff
            return code == 0 ? "it ended by itself" : "it ended with status \(code)"
        case SIGSYS: return "it was killed for a forbidden system call (SIGSYS)"
        case SIGXCPU: return "it used up its processor time (SIGXCPU)"
        case SIGKILL: return "it was killed (SIGKILL), perhaps for want of memory"
        case SIGSEGV: return "it crashed (SIGSEGV)"
        case SIGABRT: return "it gave up (SIGABRT)"
        case SIGILL, SIGTRAP: return "it trapped (signal \(signal))"
        default: return "it died of signal \(signal)"
        }
    }
}

/// The system's words for an error number.
func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
