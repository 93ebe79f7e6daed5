// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
public import Policy
public import Proxmox

extension ActionClassifier {
    /// The actions of a call, exactly as it will be sent.
    static func actions(of call: APICall) -> Set<Action> {
        actions(
            method: call.method.rawValue, path: call.path.segments,
            parameters: call.sentParameters)
    }
}

extension PolicyQuestion {
    /// What policy is asked about a call, exactly as it will be sent.
    init(
        _ call: APICall, actions: Set<Action>, guests: [PolicyGuest], in environment: RunEnvironment
    ) {
        let storages = CallStorages.named(
            method: call.method.rawValue, path: call.path.segments, parameters: call.sentParameters)
        self.init(
            actions: actions, caller: environment.caller, guests: guests, cluster: environment.clusterName,
            storages: storages, time: environment.now())
    }
}

extension APICall {
    /// The parameters as the server reads them: names with texts, a name as often as it is sent.
    fileprivate var sentParameters: [(name: String, value: String)] {
        parameters.flatMap { parameter in parameter.value.texts.map { (name: parameter.name, value: $0) } }
    }

    /// The parameters as they are sent.
    var parametersJSON: JSONValue {
        .object(JSONObject(parameters.map { ($0.name, $0.value.json) }))
    }

    /// The parameters as the journal keeps them; by their names it takes further secrets out itself.
    ///
    /// What a program in a guest reads and what a file there shall hold is not kept: it may be anything.
    var recordedParameters: JSONValue {
        .object(
            JSONObject(
                parameters.map { parameter in
                    guard path.segments.dropFirst(4).first == "agent",
                        ["input-data", "content"].contains(parameter.name)
                    else { return (parameter.name, parameter.value.json) }
                    let size = parameter.value.texts.reduce(0) { $0 + $1.utf8.count }
                    return (parameter.name, .string("[\(size) bytes, not kept]"))
                }))
    }
}

extension Change {
    /// What makes the guests these guests; of several, a list.
    var identity: JSONValue? {
        guests.count > 1 ? .array(guests.map(\.identity)) : guests.first?.identity
    }

    /// What a person is shown of the call besides its path, secrets taken out.
    var details: [String] {
        let parameters = Redaction.redacted(call.parametersJSON).object?.members ?? []
        var lines = parameters.prefix(40).map { "\($0.key) = \(Self.clipped($0.value.string ?? $0.value.text))" }
        if parameters.count > 40 { lines.append("… and \(parameters.count - 40) more parameters") }
        if guests.count > 1 { lines.append("about " + guests.map(Self.name).joined(separator: ", ")) }
        if !owners.isEmpty { lines.append("with volumes of " + owners.map(Self.name).joined(separator: ", ")) }
        return lines
    }

    private static func clipped(_ text: String) -> String {
        text.count > 200 ? "\(text.prefix(200))… (\(text.count) characters)" : text
    }
}

extension PolicyGuest {
    /// What policy may know of a guest: all of it read from the cluster just now.
    public init(_ facts: GuestFacts) {
        self.init(
            vmid: facts.vmid.rawValue, name: facts.name, node: facts.node.rawValue, pool: facts.pool ?? "",
            tags: facts.tags, kind: facts.kind, status: facts.state, isTemplate: facts.isTemplate,
            lock: facts.lock ?? "", haState: facts.isHAManaged ? facts.haState : "")
    }
}

extension GuestFacts {
    /// What makes this guest this guest and not a later one of the same vmid.
    var identity: JSONValue {
        .object(
            JSONObject([
                ("vmid", JSONValue(vmid.rawValue)), ("kind", .string(kind.rawValue)), ("name", .string(name)),
                ("uuid", JSONValue(uuid)), ("vmgenid", JSONValue(vmGenID)),
                ("created", creationTime.map { JSONValue($0) } ?? .null),
                ("digest", JSONValue(digest)),
            ]))
    }

    /// What a person is shown of the guest.
    var summary: ConsentQuestion.GuestSummary {
        var notes: [String] = []
        if !tags.isEmpty { notes.append("tags " + tags.joined(separator: ", ")) }
        if let pool, !pool.isEmpty { notes.append("pool \(pool)") }
        if let lock { notes.append("locked (\(lock))") }
        if isProtected { notes.append("protected") }
        if isHAManaged { notes.append("HA \(haState ?? "managed")") }
        if isTemplate { notes.append("template") }
        return ConsentQuestion.GuestSummary(
            vmid: vmid, name: name, kind: kind, node: node, state: state, notes: notes)
    }

    /// What has changed since the guest was shown to a person, in words; empty where the yes still stands.
    func differences(from shown: GuestFacts) -> [String] {
        func compare(_ name: String, _ before: String?, _ after: String?) -> String? {
            before == after ? nil : "\(name) was \(before ?? "nothing") and is \(after ?? "nothing")"
        }
        return [
            compare("kind", shown.kind.rawValue, kind.rawValue), compare("name", shown.name, name),
            compare("node", shown.node.rawValue, node.rawValue), compare("state", shown.state, state),
            compare("lock", shown.lock, lock), compare("HA state", shown.haState, haState),
            compare("pool", shown.pool, pool), compare("uuid", shown.uuid, uuid),
            compare("vmgenid", shown.vmGenID, vmGenID),
            compare("created", shown.creationTime.map { String($0) }, creationTime.map { String($0) }),
            compare("configuration digest", shown.digest, digest),
        ].compactMap { $0 }
    }

    /// The guest as scripts see it.
    var json: JSONValue {
        var object = JSONObject([
            ("vmid", JSONValue(vmid.rawValue)), ("name", .string(name)), ("node", .string(node.rawValue)),
            ("kind", .string(kind.rawValue)), ("status", .string(state)), ("uptime", JSONValue(uptime)),
            ("tags", .array(tags.map(JSONValue.string))), ("template", .bool(isTemplate)),
            ("protected", .bool(isProtected)),
        ])
        if let pool, !pool.isEmpty { object["pool"] = .string(pool) }
        if let lock { object["lock"] = .string(lock) }
        if let haState { object["hastate"] = .string(haState) }
        if let uuid { object["uuid"] = .string(uuid) }
        if let digest { object["digest"] = .string(digest) }
        for name in ["cpus", "cpu", "mem", "maxmem", "disk", "maxdisk", "netin", "netout", "diskread", "diskwrite"] {
            if let value = current[name], !value.isNull { object[name] = value }
        }
        return .object(object)
    }
}

extension TaskOutcome {
    /// How many warnings the task's log holds.
    var warnings: Int {
        if case .warnings(let count) = status { count } else { 0 }
    }

    /// The outcome as scripts see it.
    var json: JSONValue {
        .object(
            JSONObject([
                ("status", .string(warnings > 0 ? "warning" : "ok")), ("exitstatus", .string(status.text)),
                ("upid", .string(upid.description)), ("node", .string(upid.node.rawValue)),
                ("warnings", JSONValue(warnings)), ("log", .array(log.map(JSONValue.string))),
            ]))
    }
}
