// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import Model

/// The rules in force and the limits of a run.
///
/// Of the rules that match an action the strictest decides; of a call's actions the strictest decides; an action that no
/// rule of the user's policy matches is denied.
public struct PolicySet: Hashable, Sendable {
    /// All rules, a ceiling's first, each file's in the order written.
    public let rules: [PolicyRule]
    /// The limits of one run.
    public let limits: RunLimits
    let writtenApproval: WrittenApproval
    /// The SHA-256 of each text that was read.
    let sources: [String]
    /// Which rules are about an action, for every action there is.
    private let index: [Action: [Int]]
    /// Whether any rule goes by storages.
    let isByStorage: Bool

    init(
        rules: [PolicyRule], limits: RunLimits, approval: WrittenApproval = WrittenApproval(), sources: [String] = []
    ) {
        self.rules = rules
        self.limits = limits
        self.sources = sources
        writtenApproval = approval
        isByStorage = rules.contains { $0.condition.names(.storage) || $0.exemption?.names(.storage) == true }
        index = Self.index(of: rules)
    }

    /// Who approves plans, and for how long an approval holds.
    public var approval: ApprovalRules { writtenApproval.rules }

    /// The SHA-256 over every byte that was read as policy: two sets of one fingerprint are the same policy.
    public var fingerprint: String {
        if sources.count == 1, let only = sources.first { return only }
        return ContentHash.sha256(Array(sources.joined(separator: "\n").utf8))
    }

    /// These rules under those of a ceiling, with the tighter of both limits and the stricter of both approvals.
    ///
    /// Each is judged by itself and the stricter word counts: what the ceiling says nothing about it has no opinion on, and
    /// what it allows the user's policy must allow as well.
    public func bounded(by ceiling: PolicySet) -> PolicySet {
        var above = ceiling.rules
        for index in above.indices { above[index].isCeiling = true }
        return PolicySet(
            rules: above + rules, limits: limits.tightened(by: ceiling.limits),
            approval: writtenApproval.tightened(by: ceiling.writtenApproval), sources: ceiling.sources + sources)
    }

    /// These rules and others of the same standing, under which actions may happen that no rule here matches; limits and
    /// approvals stay as they are.
    ///
    /// What a ceiling forbids it still forbids.
    public func supplemented(by more: PolicySet) -> PolicySet {
        PolicySet(rules: rules + more.rules, limits: limits, approval: writtenApproval, sources: sources + more.sources)
    }

    /// The rules about an action.
    func rules(about action: Action) -> [PolicyRule] {
        if let found = index[action] { return found.map { rules[$0] } }
        return ActionVocabulary.contains(action) ? [] : rules.filter { $0.isAbout(action) }
    }

    private static func index(of rules: [PolicyRule]) -> [Action: [Int]] {
        var result: [Action: [Int]] = [:]
        for (position, rule) in rules.enumerated() {
            for action in ActionVocabulary.covered(rule) { result[action, default: []].append(position) }
        }
        return result
    }
}
