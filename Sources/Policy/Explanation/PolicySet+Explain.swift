// SPDX-License-Identifier: Apache-2.0
internal import Model

extension PolicySet {
    /// Judges a call and tells how: the same judging as ``evaluate(_:)``, with every rule that was looked at.
    public func explain(_ question: PolicyQuestion) -> PolicyExplanation {
        var settling = Settling()
        var parts: [PolicyExplanation.Part] = []
        var decisive: Int?
        for action in question.actions.sorted() {
            for subject in question.subjects(of: action, byStorage: isByStorage) {
                var partial = PartialDecision(action: action, subject: subject)
                var trials: [PolicyExplanation.RuleTrial] = []
                for rule in rules {
                    var unknown: [String] = []
                    let verdict = rule.isAbout(action) ? rule.verdict(subject, &unknown) : .no
                    partial.take(rule, verdict, unknown)
                    trials.append(RuleExplainer(rule: rule, action: action, subject: subject).trial(verdict))
                }
                let before = settling.decision.effect
                guard let strictest = settling.take(partial) else { continue }
                if parts.isEmpty || strictest.effect > before { decisive = parts.count }
                // Ids are unique within a file, and places among all of them.
                if let place = strictest.place,
                    let index = trials.firstIndex(where: { $0.holds && $0.rule == strictest.rule && $0.place == place })
                {
                    trials[index].isDecisive = true
                }
                parts.append(
                    PolicyExplanation.Part(
                        action: action, guest: subject.guest, storage: subject.storageName, effect: strictest.effect,
                        decisive: strictest.rule, place: strictest.place, rules: trials))
            }
        }
        if let decisive { parts[decisive].isDecisive = true }
        return PolicyExplanation(decision: settling.decision, parts: parts)
    }
}

extension RuleSubject {
    fileprivate var storageName: String? {
        if case .named(let name) = storage { name } else { nil }
    }
}

/// Tells a rule's matchers apart.
private struct RuleExplainer {
    let rule: PolicyRule
    let action: Action
    let subject: RuleSubject

    func trial(_ verdict: RuleVerdict) -> PolicyExplanation.RuleTrial {
        PolicyExplanation.RuleTrial(
            rule: rule.id, place: rule.place, effect: rule.effect, isCeiling: rule.isCeiling, because: rule.reason,
            verdict: verdict, holds: rule.holds(verdict), isByLabelsAlone: rule.condition.isByLabelsAlone,
            matchers: matchers)
    }

    private var matchers: [PolicyExplanation.MatcherTrial] {
        var result = [globs("actions", rule.actions, action.rawValue)]
        if !rule.except.isEmpty { result.append(globs("except", rule.except, action.rawValue)) }
        if rule.callers.count < Caller.allCases.count {
            let caller = subject.question.caller
            result.append(
                .init(
                    name: "callers", patterns: rule.callers.sorted().map(\.rawValue), value: caller.rawValue,
                    verdict: rule.callers.contains(caller) ? .matches : .no))
        }
        if let clusters = rule.clusters {
            result.append(
                .init(
                    name: "clusters", patterns: clusters.map(\.pattern), value: subject.question.cluster,
                    verdict: rule.clusterVerdict(subject.question.cluster)))
        }
        result += rule.condition.tests.map { matcher("where", $0) }
        result += (rule.exemption?.tests ?? []).map { matcher("unless", $0) }
        return result
    }

    private func globs(_ name: String, _ globs: [Glob], _ value: String) -> PolicyExplanation.MatcherTrial {
        .init(
            name: name, patterns: globs.map(\.pattern), value: value,
            verdict: globs.contains { $0.matches(value) } ? .matches : .no)
    }

    private func matcher(_ prefix: String, _ test: RuleCondition.Test) -> PolicyExplanation.MatcherTrial {
        var unknown: [String] = []
        let verdict = test.verdict(subject, &unknown)
        return .init(
            name: "\(prefix).\(test.attribute.rawValue)", patterns: test.patterns.map(\.text),
            value: value(test, unknown),
            verdict: verdict)
    }

    private func value(_ test: RuleCondition.Test, _ unknown: [String]) -> String? {
        switch test.attribute {
        case .during: return subject.question.time.flatMap { TimeWindow.seconds($0) }.map { TimeText.moment($0) }
        case .set:
            // What a set met is what its attributes met.
            return unknown.isEmpty ? test.conditions.map(values).joined(separator: " or ") : nil
        default: break
        }
        switch test.met(by: subject) {
        case .absent: return "no guest"
        case .unknown: return nil
        case .values(let values): return values.isEmpty ? "none" : values.joined(separator: ", ")
        }
    }

    private func values(_ condition: RuleCondition) -> String {
        condition.tests.map { "\($0.attribute.rawValue) \(value($0, []) ?? "unknown")" }.joined(separator: ", ")
    }
}

extension RuleCondition.Pattern {
    /// The pattern as it was written.
    fileprivate var text: String {
        switch self {
        case .glob(let glob): glob.pattern
        case .range(let range):
            range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        case .window(let window): window.text
        case .named(let name, let condition):
            "\(name) ("
                + condition.tests.map { "\($0.attribute.rawValue): \($0.patterns.map(\.text).joined(separator: ", "))" }
                .joined(separator: "; ") + ")"
        }
    }
}
