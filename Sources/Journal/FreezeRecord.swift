// SPDX-License-Identifier: Apache-2.0
public import Model

/// A time in which nothing may be changed, as a person or a program has asked for it.
///
/// Times are seconds since 1970.
public struct FreezeRecord: Hashable, Sendable {
    /// When it began.
    public var began: Double
    /// When it ends by itself.
    public var until: Double
    /// Why.
    public var reason: String
    /// Who asked for it.
    public var account: String

    /// Makes a freeze.
    public init(began: Double, until: Double, reason: String, account: String) {
        self.began = began
        self.until = until
        self.reason = reason
        self.account = account
    }

    /// What a change is answered while it stands, of kind `policy_denied`.
    public var refusal: Failure {
        Failure(
            .policyDenied,
            "changes are frozen until \(UTCTime.text(until)) by \(account): \(reason); nothing was sent",
            hint: "wait, or let a person end it at a terminal: pvelua freeze --lift")
    }
}
