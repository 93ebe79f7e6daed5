// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Model

/// The thread on which a run's changes are written down, one after the other in the order they were asked for.
///
/// A write waits for the disk. On the thread that answers the worker a thousand changes at once would wait for each other's
/// writes, and their answers with them.
final class JournalLane: TaskExecutor, Sendable {
    private let queue = DispatchQueue(label: "pvelua.journal")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
