// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Proxmox

/// What POST /access/ticket does (PVE::API2::AccessControl): password, second factor, renewal.
enum Login {
    /// How many seconds a second factor may take.
    private static let patience = 300.0
    private static let refused = Refusal(status: 401, text: "authentication failure")

    static func handle(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        var name = call["username"] ?? ""
        if let realm = call["realm"], !name.hasSuffix("@\(realm)") { name += "@\(realm)" }
        let password = call["password"] ?? ""
        guard let index = state.users.firstIndex(where: { $0.id == name && $0.enabled }) else { throw refused }
        if let challenge = call["tfa-challenge"] {
            // The one-shot form and the answer to a challenge exclude each other.
            guard call["otp"] == nil, let asked = state.challenges[challenge], asked.user == name,
                state.now - asked.issued < patience, answer(password, &state, index)
            else { throw refused }
            state.challenges[challenge] = nil
            return ticket(&state, name)
        }
        // A ticket renews itself, and root's is good for everybody; neither needs a second factor.
        if let held = state.validTicket(password), held.user == name || held.user == "root@pam" {
            return ticket(&state, name)
        }
        guard let expected = state.users[index].password, expected == password else { throw refused }
        guard state.users[index].factors.isPresent else { return ticket(&state, name) }
        if let otp = call["otp"] {
            guard answer(otp, &state, index) else { throw refused }
            return ticket(&state, name)
        }
        return challenge(&state, state.users[index])
    }

    private static func challenge(_ state: inout ClusterState, _ user: SimulatedUser) -> Reply {
        let factors = user.factors
        let keys: [JSONValue] = factors.recovery.indices.map { JSONValue($0) }
        var content = JSONObject([("totp", .bool(factors.totp != nil)), ("recovery", .array(keys))])
        if factors.webauthn { content["webauthn"] = ["publicKey": ["challenge": "c2ltdWxhdGVk"]] }
        let encoded = PercentCoding.encode(JSONValue.object(content).text)
        let ticket = "PVE:!tfa!\(encoded):\(time(state))::\(signature(&state))"
        state.challenges[ticket] = Challenge(user: user.id, issued: state.now)
        return Reply([
            "username": .string(user.id), "ticket": .string(ticket), "NeedTFA": 1,
            "CSRFPreventionToken": .string("\(time(state)):\(FNV.hex(state.numbers.next(), digits: 16))"),
        ])
    }

    /// Whether `TYPE:VALUE` answers the user's second factor.
    private static func answer(_ text: String, _ state: inout ClusterState, _ index: Int) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return false }
        var factors = state.users[index].factors
        defer { state.users[index].factors = factors }
        switch parts[0] {
        case "totp":
            guard factors.failures < 8, let secret = factors.totp, let totp = try? TOTP(base32: Secret(secret)) else {
                return false
            }
            let now = TOTP.step(at: state.now)
            let step = ((now - 1)...(now + 1)).first { $0 > factors.lastStep && totp.code(step: $0) == parts[1] }
            factors.failures = step == nil ? factors.failures + 1 : 0
            if let step { factors.lastStep = step }
            return step != nil
        case "recovery":
            guard let place = factors.recovery.firstIndex(of: parts[1]) else { return false }
            factors.recovery.remove(at: place)
            return true
        default: return false
        }
    }

    private static func ticket(_ state: inout ClusterState, _ name: String) -> Reply {
        let ticket = "PVE:\(name):\(time(state))::\(signature(&state))"
        let csrf = "\(time(state)):\(FNV.hex(state.numbers.next(), digits: 16))"
        state.tickets = state.tickets.filter { state.now - $0.value.issued < ClusterState.ticketLifetime }
        state.tickets[ticket] = Ticket(user: name, token: csrf, issued: state.now)
        var answer = JSONObject([
            ("username", .string(name)), ("ticket", .string(ticket)), ("CSRFPreventionToken", .string(csrf)),
            ("cap", Access.capabilities(state, Identity(user: name))),
        ])
        if state.nodes.count > 1 { answer["clustername"] = .string(state.name) }
        return Reply(.object(answer))
    }

    private static func time(_ state: ClusterState) -> String {
        FNV.hex(UInt64(max(0, state.now)), digits: 8).uppercased()
    }

    /// As long and with the same odd characters as a real one, which a cookie must carry percent-encoded.
    private static func signature(_ state: inout ClusterState) -> String {
        (0..<4).map { _ in FNV.hex(state.numbers.next(), digits: 16) }.joined(separator: "+/") + "=="
    }
}

extension ClusterState {
    /// How many seconds a ticket is good for (PVE::AccessControl).
    static let ticketLifetime = 7200.0

    /// The ticket of that text, where it was given out and has not run out by the cluster's clock.
    func validTicket(_ text: String) -> Ticket? {
        guard let ticket = tickets[text] else { return nil }
        let age = now - ticket.issued
        return age > -300 && age < Self.ticketLifetime ? ticket : nil
    }
}
