// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Plan
internal import Policy
internal import Terminal

/// The one question for a whole plan.
struct PlanConsent {
    let view: PlanView
    let prompter: any Prompter
    let style: Style
    /// Four digits made for this question.
    let code: String
    let assumesYes: Bool

    /// Returns where the plan may be applied.
    ///
    /// - Throws: ``Failure`` of kind `confirmation_required` without the yes that is demanded.
    func require(_ demand: Effect) async throws(Failure) {
        if demand == .allow || demand == .confirm && assumesYes { return }
        let plan = view.file.plan
        let expected = demand == .confirm ? "yes" : "\(Self.subject(of: plan)) \(code)"
        guard prompter.isPresent else {
            throw Failure(
                .confirmationRequired,
                "applying the plan needs a \(demand == .confirm ? "yes" : "typed yes"), and there is no terminal to ask at; "
                    + "nothing was sent",
                hint: demand == .confirm
                    ? "run it at a terminal, or pass --yes"
                    : "run it at a terminal; --yes does not answer this question")
        }
        var box = ConsentBox("apply the plan of \(plan.script.name)", style: style)
        box.add("cluster", plan.cluster.name)
        box.add("for", "\(plan.caller.rawValue) (\(plan.requester)), planned \(TimeText.moment(plan.created))")
        box.add("digest", view.file.digest)
        for line in view.operations() { box.add(line) }
        let answer = await prompter.ask(box.text(asking: expected, width: prompter.width), timeout: TypedYes.patience)
        if Swift.Task.isCancelled { throw Failure(.cancelled, "interrupted; nothing was sent") }
        guard let answer, TypedYes.isAnswer(answer, expected) else {
            throw Failure(.confirmationRequired, "the plan was not confirmed; nothing was sent")
        }
    }

    /// What is typed: the one guest that it is about, or how many changes.
    private static func subject(of plan: Plan) -> String {
        let guests = Set(plan.operations.flatMap(\.targets).map { "\($0.vmid) \($0.name)" })
        let isTypeable = guests.first?.utf8.allSatisfy { (0x20...0x7e).contains($0) } ?? false
        if guests.count == 1, let guest = guests.first, isTypeable, guest.utf8.count <= 72 { return guest }
        return plan.operations.count == 1 ? "1 change" : "\(plan.operations.count) changes"
    }
}
