// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization
internal import Wire

/// The descriptor and the process id, shared by the owner and the reader's thread; whoever is last lets them go.
final class WorkerLink: Sendable {
    let channel: Int32
    private let pid: pid_t
    private let state = Mutex(State())
    /// Whether the channel is open; held while writing, so that frames never mix and the descriptor is never reused.
    private let sending = Mutex(true)

    private struct State {
        var killed: WorkerEnd?
        var isGone = false
        /// Bytes read from the worker that nobody has dealt with yet.
        var waiting = 0
    }

    /// How long a worker may take to read one frame.
    private static let patience: Duration = .seconds(30)
    /// How much a worker may have said that is not dealt with: two of the largest frames.
    private static let maximumWaiting = 2 * Frame.maximumSize

    init(channel: Int32, pid: pid_t) {
        self.channel = channel
        self.pid = pid
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Writes all parts as one, or as many bytes as a worker that just died still takes.
    ///
    /// A worker that does not read is killed: a host that waits for it would be its hostage.
    func send(_ parts: [UInt8]...) {
        let deadline = ContinuousClock.now + Self.patience
        sending.withLock { isOpen in
            for part in parts where isOpen {
                guard write(part, until: deadline) else { return }
            }
        }
    }

    private func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(channel, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            let problem = errno
            if count > 0 { rest = rest.dropFirst(count) }
            if ContinuousClock.now > deadline, !rest.isEmpty {
                kill(WorkerEnd("it did not read what it was sent"))
                return false
            }
            if count <= 0, problem != EINTR, problem != EAGAIN { return false }
        }
        return true
    }

    func kill(_ end: WorkerEnd) {
        state.withLock { state in
            guard !state.isGone else { return }
            if state.killed == nil { state.killed = end }
            Glibc.kill(pid, SIGKILL)
        }
    }

    /// Counts what was read; false means that the worker says more than anybody can listen to.
    func received(_ frame: Frame) -> Bool {
        state.withLock { state in
            state.waiting += frame.payload.count
            return state.waiting <= Self.maximumWaiting
        }
    }

    func consumed(_ frame: Frame) { state.withLock { $0.waiting -= frame.payload.count } }

    /// Waits for the process, which has closed its side or is about to be killed, and says why it ended.
    func reap(nonsense: String?) -> WorkerEnd {
        if let nonsense { kill(WorkerEnd(nonsense)) }
        // Without its channel a worker is of no use; one that is exiting already keeps the status it exits with.
        state.withLock { _ = $0.isGone ? 0 : Glibc.kill(pid, SIGKILL) }
        // First wait without collecting: until it is collected under the lock, the process id cannot become another's.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        let end = state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            state.isGone = true
            return state.killed ?? WorkerEnd(status: status)
        }
        sending.withLock { isOpen in
            isOpen = false
            close(channel)
        }
        return end
    }
}
