// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Proxmox

/// Settles what a decision demands before a call may go on: nothing, a yes, a typed yes, an approval, or a refusal.
struct ConsentDesk: Sendable {
    let environment: RunEnvironment
    /// What the audit is told of it.
    let trail: CallTrail

    /// How often a question is put again because the guest changed while it stood.
    private static let maximumRounds = 3

    /// Refuses what policy denies or what needs an approval; what a yes is enough for passes without one.
    func refuse(_ decision: Decision, call: APICall) throws(Failure) {
        trail.decided(decision)
        try refuse(decision, question(decision, call, nil))
    }

    /// Lets a read pass or refuses it.
    func settle(_ decision: Decision, _ call: PlannedCall, undoing: UndoState) async throws(Failure) {
        guard decision.effect != .allow else { return }
        trail.decided(decision)
        let question = question(decision, call.request, nil)
        if try await oversee(decision, call, question, undoing: undoing) != nil { return }
        try refuse(decision, question)
        try await consent(question, decision)
    }

    /// Where a plan is made or followed nobody is asked: the call is written down or looked up, and only a denial stops it.
    ///
    /// - Returns: The operation's number in the plan; nil where there is no plan.
    private func oversee(
        _ decision: Decision, _ call: PlannedCall, _ question: ConsentQuestion, undoing: UndoState
    ) async throws(Failure) -> Int? {
        let number: Int
        switch environment.oversight {
        case .none: return nil
        case .planning(let recorder): number = try await recorder.record(call, decision, undoing)
        case .applying(let follower):
            number = try await follower.admit(call, decision, isConditional: undoing.isRunning)
            guard decision.effect != .deny else { break }
            trail.answered(
                "yes", by: "plan", effect: decision.effect,
                more: JSONObject([("plan", JSONValue(follower.digest)), ("operation", JSONValue(number))]))
        }
        if decision.effect == .deny { try refuse(decision, question) }
        return number
    }

    /// Lets a change pass or refuses it.
    ///
    /// - Parameter decide: Policy's word on the guests as they are; asked again whenever one has changed.
    /// - Returns: The guests as they are now, read again after a yes, because the yes was given to what was shown; and the
    ///   number of the operation in the plan that is made or followed.
    func settle(
        _ change: Change, _ call: PlannedCall, undoing: UndoState, decide: @Sendable ([GuestFacts]) -> Decision
    ) async throws(Failure) -> (guests: [GuestFacts], planned: Int?) {
        if environment.oversight.isPlanned {
            let decision = decide(change.guests)
            trail.decided(decision, on: change.guests, consequences: change.consequences)
            let question = question(decision, change.call, change)
            return (change.guests, try await oversee(decision, call, question, undoing: undoing))
        }
        var shown = change
        var changes: [String] = []
        for _ in 0..<Self.maximumRounds {
            var decision = decide(shown.guests)
            if decision.effect != .allow, shown.guests.contains(where: \.isBrief) {
                // Whoever is asked, is asked about all that makes this guest this guest.
                shown.guests = try await readAgain(shown)
                decision = decide(shown.guests)
            }
            trail.decided(decision, on: shown.guests, consequences: shown.consequences)
            if decision.effect == .allow { return (shown.guests, nil) }
            var question = question(decision, change.call, shown)
            question.changedSinceAsked = changes
            try refuse(decision, question)
            question.nearNames = await shown.nearNames?() ?? []
            try await consent(question, decision)
            let now = try await readAgain(shown)
            changes = zip(now, shown.guests).flatMap { guest, before in
                let differences = guest.differences(from: before)
                return now.count == 1 ? differences : differences.map { "guest \(guest.vmid): \($0)" }
            }
            // What the yes was given to may have come to need more meanwhile: a time of day, a state of high availability.
            let after = decide(now).effect
            if changes.isEmpty, after <= decision.effect { return (now, nil) }
            if changes.isEmpty { changes = ["policy now asks for \(after.rawValue)"] }
            shown.guests = now
            if let guest = shown.guest, let weigh = shown.weigh { shown.consequences = try await weigh(guest) }
        }
        throw Failure(
            .conflict, "\(change.subject) kept changing while it was asked for; nothing was sent",
            hint: "find out who else is at work on it")
    }

    /// The guests as they are after the answer; one that moved, or is there now and was not, is another than was asked about.
    private func readAgain(_ shown: Change) async throws(Failure) -> [GuestFacts] {
        var result: [GuestFacts] = []
        for guest in shown.guests {
            let now = try await environment.client.facts(of: guest.vmid)
            guard now.node == guest.node, now.kind == guest.kind else {
                throw Failure(
                    .conflict, "\(Change.name(guest)) moved to \(now.node) while it was asked for; nothing was sent",
                    hint: "run it again: the question was about \(guest.node)")
            }
            result.append(now)
        }
        let missing = Set(shown.others.compactMap(\.vmid))
        guard !missing.isEmpty else { return result }
        if let new = try await environment.client.resources(type: .vm).compactMap(\.vmid).first(where: {
            missing.contains($0.rawValue)
        }) {
            throw Failure(
                .conflict, "guest \(new) was made by somebody else while it was asked for; nothing was sent",
                hint: "run it again: the question was about a vmid that nobody had")
        }
        return result
    }

    private func refuse(_ decision: Decision, _ question: ConsentQuestion) throws(Failure) {
        let what = describe(question)
        let meaning = Self.meaning(of: question)
        switch decision.effect {
        case .deny where decision.rule == PolicySet.headerRule:
            let names = decision.undeclared.map(\.rawValue)
            throw Failure(
                .policyDenied,
                "the runbook's header does not declare \(names.joined(separator: ", ")): \(what) is refused\(meaning)",
                hint: "if the runbook may do that, add it to actions in its header (\(decision.place ?? "")): "
                    + names.map { "\"\($0)\"" }.joined(separator: ", "))
        case .deny:
            throw Failure(
                .policyDenied, "policy denies \(what)\(meaning)",
                hint: decision.hint ?? "no rule allows it; see policy.yaml")
        case .approve:
            throw Failure(
                .approvalRequired, "policy demands an approval for \(what)\(meaning)",
                hint: "plan it and have it approved: pvelua plan FILE" + (decision.hint.map { " (\($0))" } ?? ""))
        default: return
        }
    }

    private func consent(_ question: ConsentQuestion, _ decision: Decision) async throws(Failure) {
        if decision.effect == .confirm, environment.settings.assumesYes {
            return trail.answered("yes", by: "--yes", effect: decision.effect)
        }
        let place = environment.consent.place
        switch await environment.consent.ask(question) {
        case .yes: trail.answered("yes", by: place, effect: decision.effect)
        case .no(let reason):
            trail.answered("no", by: place, effect: decision.effect, reason: reason)
            throw Failure(.confirmationRequired, "not confirmed: \(describe(question)) (\(reason)); nothing was sent")
        case .nobody:
            trail.answered("nobody", by: place, effect: decision.effect)
            throw Failure(
                .confirmationRequired,
                "\(describe(question)) needs a \(decision.effect == .confirm ? "yes" : "typed yes"), and there is no terminal "
                    + "to ask at; nothing was sent\(Self.meaning(of: question))",
                hint: decision.effect == .confirm
                    ? "run it at a terminal, or pass --yes"
                    : "run it at a terminal; --yes does not answer this question")
        }
    }

    private func question(_ decision: Decision, _ call: APICall, _ change: Change?) -> ConsentQuestion {
        var question = ConsentQuestion(
            effect: decision.effect, cluster: environment.clusterName, action: decision.action?.rawValue ?? "call",
            rule: decision.rule ?? "none", guest: change?.guest?.summary,
            request: "\(call.method.rawValue) \(call.path)", warning: change?.endpoint.warning)
        question.details = change?.details ?? []
        question.consequences = change?.consequences ?? []
        return question
    }

    /// What it would have meant, for an error; empty where there is nothing to say.
    private static func meaning(of question: ConsentQuestion) -> String {
        question.consequences.isEmpty
            ? "" : "; it means: " + question.consequences.joined(separator: "; ")
    }

    private func describe(_ question: ConsentQuestion) -> String {
        guard let guest = question.guest else { return "\(question.action) (\(question.request))" }
        return
            "\(question.action) of guest \(guest.vmid) (\(TextExcerpt.of(guest.name)), \(TextExcerpt.of(guest.state)) on "
            + "\(guest.node), cluster \(question.cluster))"
    }
}
