// SPDX-License-Identifier: Apache-2.0
internal import Journal
public import Model
internal import Policy

/// One run: its id, its steps so far and what it has used of its limits.
public actor RunScope {
    /// The run's id in the journal.
    public nonisolated let id: String
    private var steps = 0
    private var stepOfTask: [UPID: Int] = [:]
    private var counter: LimitCounter

    /// Makes the scope of a new run under the limits of a policy.
    public init(id: String, policy: PolicySet) {
        self.id = id
        counter = LimitCounter(limits: policy.runLimits)
    }

    /// The number of the next step.
    func nextStep() -> Int {
        steps += 1
        return steps
    }

    /// Counts a change against the run's limits.
    ///
    /// - Throws: ``Failure`` of kind `limit` where it would be one too many; nothing is counted then.
    func count(_ actions: Set<Action>, vmid: VMID?) throws(Failure) {
        try counter.count(actions: actions, vmid: vmid)
    }

    /// Remembers which step a task belongs to, for a later `pve.poll`.
    func remember(_ task: UPID, step: Int) { stepOfTask[task] = step }

    /// The step that a task belongs to, once: the caller records its outcome.
    func takeStep(of task: UPID) -> Int? { stepOfTask.removeValue(forKey: task) }
}
