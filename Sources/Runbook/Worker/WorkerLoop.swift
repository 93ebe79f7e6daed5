// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization
internal import Wire

/// The thread of one worker: it reads what the worker says, and runs the tasks that answer it.
///
/// A call's way is short when it never changes threads: each change costs more than the Gate's whole judgement. Whatever waits
/// for the cluster, a clock or a person does so elsewhere; the thread sleeps until bytes or tasks come.
final class WorkerLoop: TaskExecutor, Sendable {
    private let channel: Int32
    /// A pair that gets a byte when a task comes while the thread sleeps.
    private let alarm: (hears: Int32, rings: Int32)
    private let state = Mutex(State())

    private struct State {
        var jobs: [UnownedJob] = []
        var isAsleep = false
        /// Whether the thread is gone; tasks that outlive the worker end elsewhere.
        var isOver = false
    }

    init(channel: Int32) {
        self.channel = channel
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        alarm = socketpair(AF_UNIX, kind, 0, &ends) == 0 ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
        close(alarm.hears)
        close(alarm.rings)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (isOver, isAsleep) = state.withLock { state in
            if !state.isOver { state.jobs.append(job) }
            defer { state.isAsleep = false }
            return (state.isOver, state.isAsleep)
        }
        if isOver { return globalConcurrentExecutor.enqueue(job) }
        if isAsleep { ring() }
    }

    private func ring() {
        var byte: UInt8 = 1
        _ = write(alarm.rings, &byte, 1)
    }

    /// Runs tasks, and hands over bytes as they come, until the channel ends or is not listened to any more.
    ///
    /// - Parameter take: What is done with bytes; false ends the loop.
    func run(_ take: (UnsafeRawBufferPointer) -> Bool) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var short = ShortWait()
        while true {
            runJobs()
            guard let count = received(buffer) ?? short.look(for: { hasJobs ? -1 : received(buffer) }) else {
                sleep()
                continue
            }
            if count == 0 { return }
            if count > 0, !take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { return }
        }
    }

    /// How many bytes came without waiting, 0 at the end of the channel; nil where there are none yet.
    private func received(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = recv(channel, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : 0 }
        return count
    }

    private var hasJobs: Bool { state.withLock { !$0.jobs.isEmpty } }

    private func runJobs() {
        let jobs = state.withLock { state in
            defer { state.jobs.removeAll(keepingCapacity: true) }
            return state.jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// Sleeps until the worker says something or a task comes.
    private func sleep() {
        let isIdle = state.withLock { state in
            state.isAsleep = state.jobs.isEmpty
            return state.isAsleep
        }
        guard isIdle else { return }
        var waited = [
            pollfd(fd: channel, events: Int16(POLLIN), revents: 0),
            pollfd(fd: alarm.hears, events: Int16(POLLIN), revents: 0),
        ]
        // Without the pair, which only a process out of descriptors lacks, it looks again and again.
        _ = poll(&waited, 2, alarm.hears < 0 ? 1 : -1)
        state.withLock { $0.isAsleep = false }
        if waited[1].revents != 0 {
            var bytes = (UInt64(0), UInt64(0))
            _ = read(alarm.hears, &bytes, MemoryLayout.size(ofValue: bytes))
        }
    }

    /// Leaves the tasks that are left, and all that come, to the threads that everybody shares.
    func end() {
        let rest = state.withLock { state in
            state.isOver = true
            defer { state.jobs.removeAll() }
            return state.jobs
        }
        for job in rest { globalConcurrentExecutor.enqueue(job) }
    }
}
