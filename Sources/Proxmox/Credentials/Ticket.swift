// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// What a login brings: the ticket that goes into a cookie, and the token that goes with every change.
public struct Ticket: Sendable {
    /// Whom it is for, as the server wrote it.
    public let user: String
    /// When it was asked for, by the client's clock.
    public let obtained: Duration
    let text: Secret
    let csrf: Secret
    /// Tells this ticket from those before and after it.
    let serial: UInt64

    /// How long Proxmox takes a ticket for good (PVE::AccessControl: two hours).
    public static let lifetime = Duration.seconds(7200)
    /// The age from which on a new one is asked for.
    public static let renewalAge = Duration.seconds(3600)
    /// What is left of the lifetime when a ticket counts as gone: clocks differ and requests take time.
    static let margin = Duration.seconds(120)

    /// Reads the answer of a login.
    ///
    /// - Throws: ``Failure`` of the kind `server` where it holds no ticket.
    init(_ answer: JSONValue, user: String, obtained: Duration, serial: UInt64) throws(Failure) {
        let csrf = answer["CSRFPreventionToken"]?.perlText ?? ""
        guard let text = answer["ticket"]?.perlText, text.hasPrefix("PVE:"), !text.hasPrefix("PVE:!"),
            text.utf8.count <= 8192, !csrf.isEmpty, csrf.utf8.count <= 1024,
            csrf.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw Failure(.server, "the answer to the login holds no ticket") }
        self.user = answer["username"]?.perlText ?? user
        self.obtained = obtained
        self.text = Secret(text)
        self.csrf = Secret(csrf)
        self.serial = serial
    }

    /// The fields that carry it; only what changes something needs the second one.
    func headers(for method: HTTPMethod) -> [HTTPHeader] {
        let cookie = HTTPHeader("Cookie", "PVEAuthCookie=\(PercentEncoding.encode(text.text))")
        return method.isRead ? [cookie] : [cookie, HTTPHeader("CSRFPreventionToken", csrf.text)]
    }

    /// Whether these fields carry this ticket.
    func isIn(_ headers: [HTTPHeader]) -> Bool { headers.first == self.headers(for: .get).first }
}
