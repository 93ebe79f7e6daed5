// SPDX-License-Identifier: Apache-2.0

/// How a plan stands with the people who must approve it.
public struct ApprovalStanding: Hashable, Sendable {
    /// Who has approved, in order of their names; nobody twice.
    public var counted: [String]
    /// The files that do not count, and why.
    public var refused: [Refused]
    /// Who has denied it for good.
    public var denial: Denial?
    /// How many approvals it takes.
    public var needed: Int
    /// Whether the approvals are only what this account's journal says, not signatures.
    public var isWeak: Bool

    /// A file that counts for nothing.
    public struct Refused: Hashable, Sendable {
        /// Its name.
        public var file: String
        /// Why, as the rest of a sentence about it.
        public var reason: String

        /// Makes one.
        public init(file: String, reason: String) {
            self.file = file
            self.reason = reason
        }
    }

    /// A no that holds for ever.
    public struct Denial: Hashable, Sendable {
        /// Who said it.
        public var person: String
        /// Why, where that was said.
        public var reason: String?

        /// Makes one.
        public init(person: String, reason: String?) {
            self.person = person
            self.reason = reason
        }
    }

    /// Makes a standing.
    public init(
        counted: [String] = [], refused: [Refused] = [], denial: Denial? = nil, needed: Int, isWeak: Bool = false
    ) {
        self.counted = counted
        self.refused = refused
        self.denial = denial
        self.needed = needed
        self.isWeak = isWeak
    }

    /// Whether the plan may be applied as far as approvals go.
    public var isMet: Bool { denial == nil && counted.count >= needed }
}
