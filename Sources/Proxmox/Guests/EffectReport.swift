// SPDX-License-Identifier: Apache-2.0

/// What was found when an effect was looked for.
public struct EffectReport: Hashable, Sendable {
    /// What should be true.
    public var effect: ExpectedEffect
    /// Whether it is.
    public var holds: Bool
    /// What is true, in a few words.
    public var observed: String
    /// All that was read about the guest; nil where there is none.
    public var facts: GuestFacts?
    /// The tasks that high availability started for it, oldest first, where the change was handed over.
    public var children: [TaskRow] = []

    /// Makes a report.
    public init(effect: ExpectedEffect, holds: Bool, observed: String, facts: GuestFacts?) {
        self.effect = effect
        self.holds = holds
        self.observed = observed
        self.facts = facts
    }
}
