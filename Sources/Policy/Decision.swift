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
    /// Every rule that matched any of the actions, and every action that no rule matched.
    public var reasons: [Reason]
    /// Whether it is on what the guests were when the run began, as that was stricter than what they are now.
    public var isAtStart = false

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
        /// Attributes of the guest that the rule asks for and nobody knows; they counted as a match.
        public var unknown: [String]

        /// `rule graceful: guest.shutdown → confirm`.
        public var description: String {
            var text = rule.map { "rule \($0)" } ?? "no rule"
            text += ": \(action) → \(effect.rawValue)"
            if let vmid { text += " (guest \(vmid))" }
            if !unknown.isEmpty { text += " (unknown: \(unknown.joined(separator: ", ")))" }
            return text
        }
    }
}
