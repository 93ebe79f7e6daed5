// SPDX-License-Identifier: Apache-2.0
internal import Proxmox

/// What the credentials of a request say.
enum Credentials: Sendable, Equatable {
    case none
    case ticket(String)
    case token(id: String, secret: String)

    /// Reads them: the cookie first, then the Authorization field (PVE::APIServer::AnyEvent).
    init(_ headers: [HTTPHeader]) {
        let cookies = headers.filter { $0.name.lowercased() == "cookie" }.flatMap { $0.value.split(separator: ";") }
        for cookie in cookies {
            let trimmed = cookie.drop { $0 == " " }
            if trimmed.hasPrefix("PVEAuthCookie=") {
                self = .ticket(PercentCoding.decode(String(trimmed.dropFirst(14))))
                return
            }
        }
        guard let field = headers.first(where: { $0.name.lowercased() == "authorization" })?.value else {
            self = .none
            return
        }
        if field.hasPrefix("PVEAuthCookie=") {
            self = .ticket(PercentCoding.decode(String(field.dropFirst(14))))
            return
        }
        guard field.hasPrefix("PVEAPIToken"), let separator = field.dropFirst(11).first, "= ".contains(separator) else {
            self = .none
            return
        }
        let value = PercentCoding.decode(String(field.dropFirst(12).prefix { $0 != ";" }))
        guard let last = value.lastIndex(of: "=") else {
            self = .token(id: value, secret: "")
            return
        }
        self = .token(id: String(value[..<last]), secret: String(value[value.index(after: last)...]))
    }
}

extension ClusterState {
    /// Who that is, or the reason phrase of a 401.
    func identify(_ credentials: Credentials, method: String, csrf: String?) -> Result<Identity, AuthenticationError> {
        switch credentials {
        case .none: return .failure(AuthenticationError("No ticket"))
        case .token(let id, let secret):
            guard let mark = id.lastIndex(of: "!") else { return .failure(.failed) }
            let name = String(id[..<mark])
            guard let user = users.first(where: { $0.id == name }), user.enabled,
                let token = user.tokens.first(where: { $0.id == id[id.index(after: mark)...] }),
                token.secret == secret
            else { return .failure(.failed) }
            return .success(Identity(user: user.id, token: token.id, separated: token.separated))
        case .ticket(let text):
            guard let ticket = validTicket(text), users.contains(where: { $0.id == ticket.user && $0.enabled })
            else { return .failure(.failed) }
            if method != "GET", csrf != ticket.token {
                return .failure(AuthenticationError("Permission denied - invalid csrf token"))
            }
            return .success(Identity(user: ticket.user))
        }
    }
}

/// The reason phrase of a 401.
struct AuthenticationError: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
    static let failed = AuthenticationError("Authentication failed!")
}
