// SPDX-License-Identifier: Apache-2.0

/// Who a request is from.
struct Identity: Sendable, Hashable {
    /// `user@realm`.
    var user: String
    /// The token's id.
    var token: String?
    /// Whether the token has only what it and its user both have.
    var separated = false
    /// Whether it may do everything, whoever it is: the caller vouches for it.
    var isTrusted = false

    /// `user@realm` or `user@realm!token`.
    var description: String { token.map { "\(user)!\($0)" } ?? user }
    /// Whether this is root@pam itself, with no token between, or somebody who is trusted like it.
    var isRoot: Bool { isTrusted || (user == "root@pam" && token == nil) }

    static let nobody = Identity(user: "")
}

/// A ticket that was given out.
struct Ticket: Sendable, Hashable {
    var user: String
    var token: String
    var issued: Double
}

/// A second factor that was asked for and not answered yet.
struct Challenge: Sendable, Hashable {
    var user: String
    var issued: Double
}
