// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Synchronization

/// What the audit is told of one call on its way through the Gate: what policy said, who was asked and what came of it.
///
/// It goes out with the call's intent; where nothing is sent in the end, by itself.
final class CallTrail: Sendable {
    private let events = Mutex<[AuditEvent]>([])
    private let call: PlannedCall
    private let environment: RunEnvironment

    init(of call: PlannedCall, in environment: RunEnvironment) {
        self.call = call
        self.environment = environment
    }

    /// Policy was asked.
    func decided(_ decision: Decision, on guests: [GuestFacts] = [], consequences: [String] = []) {
        var body = JSONObject([
            ("effect", .string(decision.effect.rawValue)), ("rule", JSONValue(decision.rule)),
            ("actions", .array(call.actions.sorted().map { .string($0.rawValue) })),
            ("request", .string("\(call.request.method.rawValue) \(call.request.path)")),
            ("caller", .string(environment.caller.rawValue)),
        ])
        if !guests.isEmpty { body["guests"] = .array(guests.map(\.audited)) }
        if !call.made.isEmpty { body["made"] = .array(call.made.map { JSONValue($0) }) }
        if !consequences.isEmpty { body["consequences"] = .array(consequences.map(JSONValue.string)) }
        if let place = call.origin.place { body["place"] = .string(place) }
        note(.decision, body)
    }

    /// Somebody was asked, or something answered in their stead.
    ///
    /// - Parameter way: Where the answer came from: a terminal's name, `--yes`, `plan`.
    func answered(_ answer: String, by way: String, effect: Effect, reason: String? = nil, more: JSONObject? = nil) {
        var body = JSONObject([
            ("answer", .string(answer)), ("by", .string(way)), ("demanded", .string(effect.rawValue)),
        ])
        if let reason { body["reason"] = .string(reason) }
        for member in more?.members ?? [] { body[member.key] = member.value }
        note(.consent, body)
    }

    /// The call is not made, for a reason that neither policy nor a person gave.
    func stopped(_ failure: Failure) {
        let isTold = events.withLock { events in
            let body = events.last?.body
            return switch events.last?.kind {
            case .decision: ["deny", "approve"].contains(body?["effect"]?.string)
            case .consent: body?["answer"]?.string != "yes"
            default: false
            }
        }
        guard !isTold else { return }
        note(
            .refused,
            JSONObject([
                ("kind", .string(failure.kind.rawValue)), ("message", .string(failure.message)),
                ("request", .string("\(call.request.method.rawValue) \(call.request.path)")),
            ]))
    }

    /// Whose token or name is used on the cluster.
    func used(_ credential: any Credential) {
        let way =
            switch credential {
            case is APIToken: "api"
            case is TicketCredential: "login"
            case is LocalAccess: "pvesh"
            default: "other"
            }
        note(
            .login,
            JSONObject([
                ("outcome", "used"), ("identity", JSONValue(credential.identity)), ("way", .string(way)),
            ]))
    }

    /// What was noted, once.
    func take() -> [AuditEvent] {
        events.withLock { events in
            defer { events.removeAll() }
            return events
        }
    }

    /// Gives back what could not be written.
    func putBack(_ noted: [AuditEvent]) { events.withLock { $0 = noted + $0 } }

    private func note(_ kind: AuditEvent.Kind, _ body: JSONObject) {
        // What is only planned happens nowhere.
        if case .planning = environment.oversight { return }
        var event = AuditEvent(kind, cluster: call.cluster, body: .object(body))
        event.time = environment.now()
        event.isOfNextStep = true
        events.withLock { $0.append(event) }
    }
}

extension GuestFacts {
    /// What the audit says of a guest.
    fileprivate var audited: JSONValue {
        ["vmid": JSONValue(vmid.rawValue), "name": .string(name), "node": .string(node.rawValue)]
    }
}
