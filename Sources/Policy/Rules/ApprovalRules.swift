// SPDX-License-Identifier: Apache-2.0

/// Who approves plans, and for how long an approval holds: the `approval` of a policy.
public struct ApprovalRules: Hashable, Sendable {
    /// Whether the requester's own key may approve, a later case being stricter.
    public enum Own: String, Sendable, CaseIterable, Comparable {
        /// For what an agent or a pipeline of theirs asked for; never for what they asked for themselves.
        case agents
        /// Never.
        case never

        /// Orders from loose to strict.
        public static func < (left: Own, right: Own) -> Bool { left == .agents && right == .never }
    }

    /// The file of allowed signers as written, absolute or beginning with `~/`; nil where nobody is named.
    public var signers: String?
    /// How many people must approve.
    public var count: Int
    /// Whether the requester's own key may approve.
    public var own: Own
    /// How many seconds an approval holds.
    public var expires: Int

    /// Makes rules; without arguments those of a policy that says nothing.
    public init(signers: String? = nil, count: Int = 1, own: Own = .agents, expires: Int = 3600) {
        self.signers = signers
        self.count = count
        self.own = own
        self.expires = expires
    }
}

/// What one or several files say of approvals; what they leave out must not tighten another's.
struct WrittenApproval: Hashable, Sendable {
    var signers: String?
    var count: Int?
    var own: ApprovalRules.Own?
    var expires: Int?

    var rules: ApprovalRules {
        ApprovalRules(signers: signers, count: count ?? 1, own: own ?? .agents, expires: expires ?? 3600)
    }

    /// The stricter of each of the two; the ceiling's signers are those who count.
    func tightened(by ceiling: WrittenApproval) -> WrittenApproval {
        func choose<Value>(_ left: Value?, _ right: Value?, _ pick: (Value, Value) -> Value) -> Value? {
            guard let left, let right else { return left ?? right }
            return pick(left, right)
        }
        return WrittenApproval(
            signers: ceiling.signers ?? signers, count: choose(count, ceiling.count, max),
            own: choose(own, ceiling.own, max), expires: choose(expires, ceiling.expires, min))
    }
}
