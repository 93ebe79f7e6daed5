// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Wire

extension RunbookSession {
    /// Stops the running chunk; the session and its globals live on if the worker answers within a second.
    ///
    /// Nothing new is begun, and what was sent is finished; whoever interrupts again leaves it to itself.
    ///
    /// - Parameter undoing: Whether what the chunk gave to `pve.on_failure` is called afterwards.
    public func interrupt(undoing: Bool = false) async {
        if isInterrupted { return leave() }
        isInterrupted = true
        undoesAfterwards = undoing
        for change in run.halt.underWay {
            environment.output.log(.warning, "finishing \(change); press Ctrl-C again to leave it")
        }
        let interrupted = Set(chunks.keys)
        for call in calls.values { call.cancel() }
        send(Frame(.interrupt))
        try? await ContinuousClock().sleep(for: .seconds(1))
        // A chunk that began meanwhile is none of this interrupt's business.
        if !interrupted.isDisjoint(with: chunks.keys) { worker.kill(reason: "it did not stop when interrupted") }
    }

    /// Ends all waiting: what was accepted stays accepted, and can be followed by a later process.
    public func leave() {
        isInterrupted = true
        undoesAfterwards = false
        for change in run.halt.underWay { environment.output.log(.warning, "leaving \(change)") }
        run.halt.leave()
        for call in calls.values { call.cancel() }
        send(Frame(.interrupt))
    }

    /// Goes on after an interrupt that asks for undoing.
    func beginUndoingAfterInterrupt() {
        guard isInterrupted, undoesAfterwards, !run.halt.isLeaving else { return }
        (isInterrupted, undoesAfterwards) = (false, false)
    }
}
