// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// Whose token it is and what it is called.
struct TokenIdentity: Hashable, Sendable, CustomStringConvertible {
    var user: String
    var name: String

    init(user: String, name: String) throws(Failure) {
        do throws(Failure) {
            _ = try APIToken(id: "\(user)!\(name)", secret: Secret("x"))
        } catch {
            throw Failure(.usage, error.message, hint: error.hint)
        }
        self.user = user
        self.name = name
    }

    /// Takes `user@realm!name` apart; the name has no `!`, the user may have.
    init(id: String) throws(Failure) {
        guard let mark = id.lastIndex(of: "!") else { throw Failure(.config, "\(id) is no API token's id") }
        try self.init(user: String(id[..<mark]), name: String(id[id.index(after: mark)...]))
    }

    /// `user@realm!name`.
    var description: String { "\(user)!\(name)" }
    /// Whether the user may do everything without being granted it.
    var isRoot: Bool { user == "root@pam" }
}
