// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a policy answers, and why.
public struct Decision: Hashable, Sendable {
    /// What is asked for.
    public var effect: Effect
    /// The rule that decided; nil where no rule matched, which is a denial.
    public var rule: String?
    /// The action that made the decision as strict as it is.
    public var action: Action?
    /// The file, line and column of the rule that decided.
    public var place: String?
    /// The reason written at the rule that decided.
    public var because: String?
    /// Every rule that matched any of the actions, and every action that no rule matched.
    public var reasons: [Reason]

    /// One step of the way to a decision.
    public struct Reason: Hashable, Sendable, CustomStringConvertible {
        /// The rule, or nil where none matched.
        public var rule: String?
        /// The action it matched.
        public var action: Action
        /// What it asks for.
        public var effect: Effect
        /// The guest it was about, where there was one with a number.
        public var vmid: Int?
        /// Attributes that the rule asks for and nobody knows; they counted for the stricter.
        public var unknown: [String]
        /// The file, line and column of the rule.
        public var place: String?
        /// Whether the rule stands in a ceiling.
        public var isCeiling = false
        /// The reason written at the rule.
        public var because: String?

        /// `rule graceful: guest.shutdown → confirm`.
        public var description: String {
            var text = rule.map { isCeiling ? "rule \($0) of the ceiling" : "rule \($0)" } ?? "no rule"
            text += ": \(action) → \(effect.rawValue)"
            if let vmid { text += " (guest \(vmid))" }
            if !unknown.isEmpty { text += " (unknown: \(unknown.joined(separator: ", ")))" }
            return text
        }
    }
}
