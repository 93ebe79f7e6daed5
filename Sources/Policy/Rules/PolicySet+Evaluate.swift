// SPDX-License-Identifier: Apache-2.0
internal import Model

extension PolicySet {
    /// Judges a call.
    public func evaluate(_ question: PolicyQuestion) -> Decision {
        var settling = Settling()
        for action in question.actions.sorted() {
            let rules = rules(about: action)
            for subject in question.subjects(of: action, byStorage: isByStorage) {
                var part = PartialDecision(action: action, subject: subject)
                for rule in rules {
                    var unknown: [String] = []
                    part.take(rule, rule.verdict(subject, &unknown), unknown)
                }
                settling.take(part)
            }
        }
        return settling.decision
    }
}

/// The way to a decision about one action on one subject.
struct PartialDecision {
    let action: Action
    let subject: RuleSubject
    private(set) var reasons: [Decision.Reason] = []
    private var isPermitted = false

    init(action: Action, subject: RuleSubject) {
        self.action = action
        self.subject = subject
    }

    /// Hears how a rule about the action stands to the subject.
    mutating func take(_ rule: PolicyRule, _ verdict: RuleVerdict, _ unknown: [String]) {
        guard rule.holds(verdict) else { return }
        isPermitted = isPermitted || rule.permits
        reasons.append(
            Decision.Reason(
                rule: rule.id, action: action, effect: rule.effect, vmid: subject.guest?.vmid, unknown: unknown,
                place: rule.place, isCeiling: rule.isCeiling, because: rule.reason))
    }

    /// Every rule that holds and, where none of them says that the user's policy has thought of this, the denial.
    var settled: [Decision.Reason] {
        guard !isPermitted else { return reasons }
        return reasons + [
            Decision.Reason(rule: nil, action: action, effect: .deny, vmid: subject.guest?.vmid, unknown: [])
        ]
    }
}

/// The strictest of partial decisions.
struct Settling {
    private var reasons: [Decision.Reason] = []
    private var decisive: Decision.Reason?

    /// Hears about one action on one subject, and says which reason decides about that.
    @discardableResult
    mutating func take(_ part: PartialDecision) -> Decision.Reason? {
        let settled = part.settled
        reasons += settled
        var strictest: Decision.Reason?
        for reason in settled where strictest.map({ reason.effect > $0.effect }) ?? true { strictest = reason }
        if let strictest, decisive.map({ strictest.effect > $0.effect }) ?? true { decisive = strictest }
        return strictest
    }

    /// The decision; a call that does nothing anyone could name is not one to let through.
    var decision: Decision {
        Decision(
            effect: decisive?.effect ?? .deny, rule: decisive?.rule, action: decisive?.action, place: decisive?.place,
            because: decisive?.because, reasons: reasons)
    }
}
