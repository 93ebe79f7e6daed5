// SPDX-License-Identifier: Apache-2.0
public import Model

/// What was found when an effect was looked for.
public struct EffectReport: Hashable, Sendable {
    /// What should be true.
    public var condition: PostCondition
    /// Whether it is.
    public var holds: Bool
    /// What is true, in a few words.
    public var observed: String
    /// All that was read about the guest.
    public var facts: GuestFacts

    /// Makes a report.
    public init(condition: PostCondition, holds: Bool, observed: String, facts: GuestFacts) {
        self.condition = condition
        self.holds = holds
        self.observed = observed
        self.facts = facts
    }
}
