// SPDX-License-Identifier: Apache-2.0

/// What policy says about approvals.
public struct ApprovalTerms: Hashable, Sendable {
    /// Whose own approval counts.
    public enum Own: String, Sendable, CaseIterable {
        /// A person may approve what an agent or a pipeline of the same account asked for.
        case agents
        /// Nobody may approve what the own account asked for.
        case never
    }

    /// The file of the people who may approve.
    public struct SignersFile: Hashable, Sendable {
        /// Where it is.
        public var path: String
        /// Whether it must be root's, because the machine's ceiling names it.
        public var isOfCeiling: Bool

        /// Makes one.
        public init(path: String, isOfCeiling: Bool) {
            self.path = path
            self.isOfCeiling = isOfCeiling
        }
    }

    /// Who may approve; nil where nobody is named, and the person at the terminal is asked.
    public var signers: SignersFile?
    /// How many people it takes.
    public var count: Int
    /// Whether one's own approval counts.
    public var own: Own
    /// The longest that an approval holds, in seconds.
    public var lifetime: Int

    /// Makes terms.
    public init(signers: SignersFile? = nil, count: Int = 1, own: Own = .agents, lifetime: Int = 3600) {
        self.signers = signers
        self.count = count
        self.own = own
        self.lifetime = lifetime
    }
}
