// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// One change that an operation asks the Gate for.
struct Change: Sendable {
    /// The row of the operation table that it comes from.
    var endpoint: Endpoint
    /// The call as it will be sent.
    var call: APICall
    /// The guest it is about, as read just now.
    var guest: GuestFacts
    /// The snapshot it makes, where its effect is one.
    var snapshot: SnapshotName?
    /// Adds what may only be drawn once the change is allowed, such as a number: a refused change must not use one up.
    var complete: (@Sendable (inout Change) async throws(Failure) -> Void)?
    /// How long to wait for the task.
    var timeout: Duration
    /// Whether to wait for the task at all.
    var waits = true

    /// The action by which errors and questions call it.
    var action: String { endpoint.action }

    /// Such as `guest 101 (web-1)`.
    var subject: String { "guest \(guest.vmid) (\(TextExcerpt.of(guest.name)))" }
}

/// What became of a change.
struct ChangeOutcome: Sendable {
    var upid: UPID?
    /// The guest after the effect was seen, or nil where nobody waited.
    var guest: GuestFacts?
    var warnings = 0
    /// The snapshot that was made.
    var snapshot: SnapshotName?
    var isVerified = false

    /// The result as scripts see it.
    func json(_ change: Change) -> JSONValue {
        var object = JSONObject([
            ("changed", .bool(true)), ("action", .string(change.action)),
            ("vmid", JSONValue(change.guest.vmid.rawValue)),
            ("node", .string((guest ?? change.guest).node.rawValue)),
        ])
        if let snapshot { object["name"] = .string(snapshot.rawValue) }
        if let upid { object["upid"] = .string(upid.description) }
        if let state = guest?.state { object["status"] = .string(state) }
        object["verified"] = .bool(isVerified)
        if isVerified { object["warnings"] = JSONValue(warnings) }
        return .object(object)
    }
}
