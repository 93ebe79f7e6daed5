// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Proxmox

/// One change that an operation asks the Gate for.
struct Change: Sendable {
    /// The row of the operation table that it comes from.
    var endpoint: Endpoint
    /// The call as it will be sent.
    var call: APICall
    /// The guests it is about, as read just now; none for a call that is about no guest or does not say about which.
    var guests: [GuestFacts]
    /// Guests that policy must hear of though they could not be read: one that the call makes, one that is not there, and some
    /// that it names in a way that nobody can tell.
    var others: [PolicyGuest] = []
    /// Whether ``others`` are made as copies of the guest it is about.
    var makesCopy = false
    /// Guests whose volumes it gives to another: what they are policy must hear of as well.
    var owners: [GuestFacts] = []
    /// What it means for the guests and their data as they are now, such as how much is lost: one sentence each, shown to
    /// whoever is asked, and told where it is refused.
    var consequences: [String] = []
    /// Finds other guests that a person could take for the one it is about; only where a person is asked.
    var nearNames: (@Sendable () async -> [ConsentQuestion.GuestSummary])?
    /// Says the consequences anew for a guest that changed while its question stood.
    var weigh: (@Sendable (GuestFacts) async throws(Failure) -> [String])?
    /// The snapshot it makes, where its effect is one.
    var snapshot: SnapshotName?
    /// Adds what may only be drawn once the change is allowed, such as a number: a refused change must not use one up.
    var complete: (@Sendable (inout Change) async throws(Failure) -> Void)?
    /// What the script is told of it besides, as far as that is known before it is sent.
    var foretold = JSONObject()
    /// Reads what came of it once it has ended well, such as the name of a new backup; adds to the result, or says that in
    /// truth nothing came of it.
    var report: (@Sendable (ChangeResult) async throws(Failure) -> JSONObject)?
    /// Names of what ``report`` tells that the script may hear and the journal may not keep, such as a command's output.
    var unrecorded: Set<String> = []
    /// How long to wait for the task.
    var timeout: Duration
    /// Whether to wait for the task at all.
    var waits = true
    /// Whether it is a call of `pve.api`, whose result is the server's answer.
    var isRaw = false

    /// Makes a change of one guest.
    init(
        endpoint: Endpoint, call: APICall, guest: GuestFacts,
        complete: (@Sendable (inout Change) async throws(Failure) -> Void)? = nil, timeout: Duration, waits: Bool = true
    ) {
        self.init(endpoint: endpoint, call: call, guests: [guest], timeout: timeout, waits: waits)
        self.complete = complete
    }

    /// Makes a change of any number of guests.
    init(endpoint: Endpoint, call: APICall, guests: [GuestFacts], timeout: Duration, waits: Bool) {
        self.endpoint = endpoint
        self.call = call
        self.guests = guests
        self.timeout = timeout
        self.waits = waits
    }

    /// The guest it is about, where it is about exactly one.
    var guest: GuestFacts? { guests.count == 1 ? guests.first : nil }

    /// What must be true afterwards, read off the call itself, so that a raw call meets what the operation meets.
    var effect: ExpectedEffect { CallTrace(call)?.effect ?? .none }

    /// The same change of the same guest on another node, to be judged anew; what was drawn for it stays.
    func moved(to guest: GuestFacts) -> Change? {
        var segments = call.path.segments
        guard segments.count > 3, segments[0] == "nodes" else { return nil }
        segments[1] = guest.node.rawValue
        guard let path = try? APIPath(segments) else { return nil }
        var change = self
        change.call.path = path
        change.guests = [guest]
        change.complete = nil
        return change
    }

    /// Its vmid; that of a guest which is yet to be made as well.
    var vmid: Int? {
        if let guest { return guest.vmid.rawValue }
        return guests.isEmpty && others.count == 1 ? others.first?.vmid : nil
    }

    /// Whether the script is told something that the journal may not keep.
    var hasSecretAnswer: Bool { title.hasSecretAnswer }

    /// The action by which errors and questions call it.
    var action: String { endpoint.action }

    /// Such as `guest 101 (web-1)`; without a guest, the request.
    var subject: String { guest.map(Self.name) ?? request }

    /// Such as `POST /nodes/pve1/vzdump`.
    var request: String { "\(call.method.rawValue) \(call.path)" }

    /// The node that the guest is on; of a raw call the one that it names.
    var node: String? {
        if let guest, !isRaw { return guest.node.rawValue }
        return call.path.segments.first == "nodes" ? call.path.segments.dropFirst().first : nil
    }

    static func name(_ guest: GuestFacts) -> String { "guest \(guest.vmid) (\(TextExcerpt.of(guest.name)))" }
}

/// What became of a change.
struct ChangeOutcome: Sendable {
    var upid: UPID?
    /// The guest after the effect was seen, or nil where nobody waited.
    var guest: GuestFacts?
    var warnings = 0
    /// The snapshot that was made.
    var snapshot: SnapshotName?
    /// What the server answered.
    var data: JSONValue?
    /// Whether it has come to its end.
    var isFinished = false
    var isVerified = false
    /// Whether there was anything to do.
    var isChange = true
    /// What the operation itself has to tell.
    var details = JSONObject()
    /// What an earlier process of the run wrote down of it, which then is all there is to tell.
    var recorded: JSONObject?

    /// The result as scripts see it.
    func json(_ change: Change) -> JSONValue { json(change.title) }

    /// The same for a change that is only known by its title.
    func json(_ change: ChangeTitle) -> JSONValue {
        if let recorded { return .object(recorded) }
        var object = JSONObject([("changed", .bool(isChange)), ("action", .string(change.action))])
        if let vmid = guest?.vmid.rawValue ?? change.vmid {
            object["vmid"] = JSONValue(vmid)
        }
        if let node = guest?.node.rawValue ?? change.node { object["node"] = .string(node) }
        if let snapshot { object["name"] = .string(snapshot.rawValue) }
        if let upid { object["upid"] = .string(upid.description) }
        if change.isRaw {
            if let data { object["data"] = data }
            if isFinished { object["status"] = .string(warnings > 0 ? "warning" : "ok") }
        } else if let state = guest?.state {
            object["status"] = .string(state)
        }
        object["verified"] = .bool(isVerified)
        if isFinished { object["warnings"] = JSONValue(warnings) }
        for member in details.members { object[member.key] = member.value }
        return .object(object)
    }

    /// The result as the journal keeps it: what `/access` answers may be a secret under any name.
    func record(_ change: ChangeTitle) -> JSONValue {
        var object = json(change).object ?? JSONObject()
        for name in change.unrecorded { object[name] = nil }
        if change.isRaw, change.isAboutAccess { object["data"] = nil }
        if change.hasSecretAnswer { object[Self.withheld] = true }
        return .object(object)
    }

    /// What was known of a change beforehand, and the name that a copy came to have.
    func foretold(_ known: JSONObject, of call: APICall) -> JSONObject {
        guard call.path.segments.last == "clone", let name = guest?.name else { return known }
        var result = known
        result["name"] = .string(name)
        return result
    }

    /// The member of a record that says that it is not the whole result.
    static let withheld = "withheld"
}
