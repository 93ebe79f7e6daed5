// SPDX-License-Identifier: Apache-2.0
public import Model

/// A step whose end is not written down, in the way of another change of the same guest.
public struct OpenStep: Hashable, Sendable {
    /// The step.
    public var step: StepRecord
    /// The guests that both are about.
    public var guests: [Int]
    /// Whether a living process is at its run.
    public var isHeld: Bool

    /// What a change is answered that it stands in the way of, of kind `locked`.
    public var refusal: Failure {
        let names = guests.map(String.init).joined(separator: ", ")
        let action = step.intent.actions.sorted().map(\.rawValue).joined(separator: "+")
        var failure = Failure(
            .locked,
            "guest \(names) has a change that is not decided yet: step \(step.sequence) of run \(step.run) (\(action)) is "
                + "\(step.state.rawValue) since \(UTCTime.text(step.accepted ?? step.sent ?? step.intended)); nothing was sent",
            hint: advice)
        failure.vmid = guests.first
        // Not the task of this change, which has none: it is told by the message.
        if let upid = step.upid { failure.message += "; its task is \(upid)" }
        return failure
    }

    private var advice: String {
        if isHeld, step.state != .inDoubt {
            return "wait until it is done, or ask that run to end: pvelua runs show --follow \(step.run)"
        }
        let resolve = "pvelua runs resolve \(step.run) \(step.sequence) --happened UPID, or --did-not-happen"
        return step.state == .inDoubt
            ? "find out whether it happened and say so: \(resolve)"
            : "nobody is at that run: go on with it (pvelua runs resume \(step.run)), or say what became of it: \(resolve)"
    }
}
