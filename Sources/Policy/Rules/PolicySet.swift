// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The rules in force and the limits of a run.
///
/// Of the rules that match an action the strictest decides; of a call's actions the strictest decides; an action that no
/// rule matches is denied.
public struct PolicySet: Hashable, Sendable {
    /// All rules, in the order written.
    public let rules: [PolicyRule]
    /// How much may be done.
    public let limits: PolicyLimits

    init(rules: [PolicyRule], limits: PolicyLimits) {
        self.rules = rules
        self.limits = limits
    }

    /// These rules and those of a ceiling, with the tighter of both limits.
    ///
    /// As the strictest rule decides, nothing written here can loosen a rule of the ceiling.
    public func bounded(by ceiling: PolicySet) -> PolicySet {
        PolicySet(rules: ceiling.rules + rules, limits: limits.tightened(by: ceiling.limits))
    }

    /// Judges a call.
    public func evaluate(_ question: PolicyQuestion) -> Decision {
        var decision = Decision(effect: .allow, rule: nil, action: nil, reasons: [])
        var isDecided = false
        for action in question.actions.sorted() {
            for guest in question.subjects(of: action) {
                let reasons = reasons(for: action, of: question, guest: guest)
                decision.reasons += reasons
                for reason in reasons where !isDecided || reason.effect > decision.effect {
                    isDecided = true
                    decision.effect = reason.effect
                    decision.rule = reason.rule
                    decision.action = action
                }
            }
        }
        // A call that does nothing anyone could name is not one to let through.
        return isDecided ? decision : Decision(effect: .deny, rule: nil, action: nil, reasons: [])
    }

    /// Every rule that matches, or the denial that no rule does.
    private func reasons(for action: Action, of question: PolicyQuestion, guest: PolicyGuest?) -> [Decision.Reason] {
        let matching = rules.compactMap { rule -> Decision.Reason? in
            let match = rule.match(action, caller: question.caller, cluster: question.cluster, guest: guest)
            guard let unknown = match else { return nil }
            return Decision.Reason(
                rule: rule.id, action: action, effect: rule.effect, vmid: guest?.vmid, unknown: unknown)
        }
        guard matching.isEmpty else { return matching }
        return [Decision.Reason(rule: nil, action: action, effect: .deny, vmid: guest?.vmid, unknown: [])]
    }
}
