// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// What the steps so far have left open: tasks nobody waited for, and outcomes nobody knows.
extension RunScope {
    func leave(_ what: Unsettled, _ step: Int) { unsettled[step] = what }

    /// What the steps so far have left open, oldest first; told once, so that a later chunk's error is only its own.
    func takeLeftOpen() -> [Unsettled] {
        defer { unsettled.removeAll() }
        return unsettled.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Remembers which step a task belongs to, for a later `pve.poll`.
    func remember(_ task: ClusterTask, _ step: PendingStep) { stepOfTask[task] = step }

    /// The step that a task belongs to, once: the caller records its outcome.
    func takeStep(of task: ClusterTask) -> PendingStep? {
        guard let step = stepOfTask.removeValue(forKey: task) else { return nil }
        unsettled[step.recorder.number] = nil
        return step
    }

    /// The task of a step that it was not waited for, once: the caller records its outcome.
    func takePending(step: Int, on cluster: String) -> (upid: UPID, step: PendingStep)? {
        let found = stepOfTask.first { $0.value.recorder.number == step && $0.key.cluster == cluster }
        guard let task = found?.key,
            let pending = takeStep(of: task)
        else { return nil }
        return (task.upid, pending)
    }

    /// Keeps what a poll came to that the script has not asked for yet.
    func keep(_ outcome: Result<TaskOutcome, Failure>, of task: ClusterTask) { polled[task] = outcome }

    /// What a poll has come to before the script asked for it, once.
    func takePolled(_ task: ClusterTask) -> Result<TaskOutcome, Failure>? { polled.removeValue(forKey: task) }
}
