// SPDX-License-Identifier: Apache-2.0
public import Model

/// One rule of a policy.
public struct PolicyRule: Hashable, Sendable {
    /// The name that decisions give.
    public let id: String
    /// The actions it is about.
    public let actions: [Glob]
    /// Actions it is not about although ``actions`` match.
    public let except: [Glob]
    /// What it asks for.
    public let effect: Effect
    /// The callers it is about.
    public let callers: Set<Caller>
    /// The clusters it is about; nil for all.
    public let clusters: [Glob]?
    /// Why it is there, for whoever is refused or asked; nil where nothing is written.
    public let reason: String?
    /// The file, line and column it was written at.
    public let place: String
    /// Whether it stands in a ceiling: it tightens, and never takes the place of a rule that the user's policy lacks.
    public internal(set) var isCeiling = false
    let condition: RuleCondition
    let exemption: RuleCondition?

    /// Whether a match says that the user's policy has thought of the action. What a guest is called or labelled says no
    /// such thing: labels alone never loosen.
    var permits: Bool { !isCeiling && !condition.isByLabelsAlone }

    func isAbout(_ action: Action) -> Bool {
        actions.contains { $0.matches(action) } && !except.contains { $0.matches(action) }
    }

    /// How it stands to a subject of an action that it is about, and the attributes that this hangs on and nobody knows.
    func verdict(_ subject: RuleSubject, _ unknown: inout [String]) -> RuleVerdict {
        guard callers.contains(subject.question.caller) else { return .no }
        var missing: [String] = []
        var result = clusterVerdict(subject.question.cluster)
        if result == .no { return .no }
        if result == .unknown { missing.append("cluster") }
        result = min(result, condition.verdict(subject, &missing))
        if result == .no { return .no }
        if let exemption { result = min(result, exemption.verdict(subject, &missing).inverted) }
        if result == .unknown {
            for attribute in missing where !unknown.contains(attribute) { unknown.append(attribute) }
        }
        return result
    }

    /// Whether a verdict makes the rule hold: what is not known counts as a match for every effect but `allow`.
    func holds(_ verdict: RuleVerdict) -> Bool { verdict == .matches || verdict == .unknown && effect != .allow }

    func clusterVerdict(_ cluster: String?) -> RuleVerdict {
        guard let clusters else { return .matches }
        guard let cluster else { return .unknown }
        return clusters.contains { $0.matches(cluster) } ? .matches : .no
    }
}
