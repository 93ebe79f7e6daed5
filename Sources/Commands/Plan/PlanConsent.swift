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
        var box = ConsentBox("apply the plan of \(plan.script.name)", style: style)
        box.add("cluster", plan.cluster.name)
        box.add("for", "\(plan.caller.rawValue) (\(plan.requester)), planned \(TimeText.moment(plan.created))")
        box.add("digest", view.file.digest)
        for line in view.operations() { box.add(line) }
        try await TypedYes.demand(
            box.text(asking: expected, width: prompter.width), expecting: expected, for: "applying the plan",
            else: "nothing was sent", at: prompter,
            hint: demand == .confirm
                ? "run it at a terminal, or pass --yes"
                : "run it at a terminal; --yes does not answer this question")
    }

    /// What is typed: the one guest that it is about, or how many changes.
    private static func subject(of plan: Plan) -> String {
        let guests = Set(plan.operations.flatMap(\.targets).map { "\($0.vmid) \($0.name)" })
        let isTypeable = guests.first?.utf8.allSatisfy { (0x20...0x7e).contains($0) } ?? false
        if guests.count == 1, let guest = guests.first, isTypeable, guest.utf8.count <= 72 { return guest }
        return plan.operations.count == 1 ? "1 change" : "\(plan.operations.count) changes"
    }
}
