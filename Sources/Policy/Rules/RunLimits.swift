// SPDX-License-Identifier: Apache-2.0
public import Model

/// How much one run may do: the `limits.run` of a policy.
public struct RunLimits: Hashable, Sendable {
    /// The most changes, or nil for no limit.
    public var changes: Int?
    /// The most guests that may be changed, or nil for no limit.
    public var guests: Int?
    /// The most changes whose action matches a pattern.
    public var actions: [ActionLimit]

    /// The most changes whose action matches a pattern.
    public struct ActionLimit: Hashable, Sendable {
        /// The actions that count together.
        public var pattern: Glob
        /// How many of them.
        public var most: Int

        /// Makes a limit.
        public init(pattern: Glob, most: Int) {
            self.pattern = pattern
            self.most = most
        }
    }

    /// Makes limits; without arguments there are none.
    public init(changes: Int? = nil, guests: Int? = nil, actions: [ActionLimit] = []) {
        self.changes = changes
        self.guests = guests
        self.actions = actions
    }

    /// The tighter of each of two limits.
    func tightened(by other: RunLimits) -> RunLimits {
        func least(_ left: Int?, _ right: Int?) -> Int? {
            guard let left, let right else { return left ?? right }
            return min(left, right)
        }
        return RunLimits(
            changes: least(changes, other.changes), guests: least(guests, other.guests),
            actions: actions + other.actions)
    }
}
