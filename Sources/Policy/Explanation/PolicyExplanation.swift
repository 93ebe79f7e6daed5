// SPDX-License-Identifier: Apache-2.0
public import Model

/// How a policy came to its decision: every rule and every matcher of it, for every action on every subject.
public struct PolicyExplanation: Hashable, Sendable {
    /// The decision that ``PolicySet/evaluate(_:)`` gives.
    public var decision: Decision
    /// One part for each action on each guest and storage it is about, in the order they were judged.
    public var parts: [Part]

    /// How one action on one subject was judged.
    public struct Part: Hashable, Sendable {
        /// The action.
        public var action: Action
        /// The guest, with what is known of it; nil for an action that is about no guest.
        public var guest: PolicyGuest?
        /// The storage, where rules go by storages and the call names several.
        public var storage: String?
        /// What is asked for.
        public var effect: Effect
        /// The rule that decides about this part; nil where none says that it may happen, which is a denial.
        public var decisive: String?
        /// The file, line and column of the decisive rule.
        public var place: String?
        /// Whether this part is the one that decided about the call.
        public var isDecisive = false
        /// All rules, in the order they are judged in.
        public var rules: [RuleTrial]
    }

    /// How one rule stood to one action on one subject.
    public struct RuleTrial: Hashable, Sendable {
        /// The rule's id.
        public var rule: String
        /// The file, line and column it was written at.
        public var place: String
        /// What it asks for.
        public var effect: Effect
        /// Whether it stands in a ceiling.
        public var isCeiling: Bool
        /// The reason written at it.
        public var because: String?
        /// Whether it matches.
        public var verdict: RuleVerdict
        /// Whether it counts: what may match counts for every effect but `allow`.
        public var holds: Bool
        /// Whether it goes by a name or a tag alone, and so may tighten but permits nothing that no other rule permits.
        public var isByLabelsAlone: Bool
        /// Whether it decides about this part.
        public var isDecisive = false
        /// Its matchers: `actions`, `except`, `callers`, `clusters`, `where.tag`, `unless.vmid`, as far as it has them.
        public var matchers: [MatcherTrial]
    }

    /// How one matcher stood.
    public struct MatcherTrial: Hashable, Sendable {
        /// `actions`, `except`, `callers`, `clusters`, or an attribute such as `where.tag` or `unless.vmid`.
        public var name: String
        /// Its patterns as written; a time window or a set by what it says.
        public var patterns: [String]
        /// What it met, several tags joined by commas; nil where that is not known.
        public var value: String?
        /// Whether it matches. A rule holds where all its matchers match but those of `except` and `unless`, which must not
        /// (of `unless` all attributes together).
        public var verdict: RuleVerdict
    }
}
