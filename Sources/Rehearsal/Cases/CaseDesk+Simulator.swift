// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Simulator
internal import Text
internal import YAML

/// The `sim` functions that look at the cluster or change it behind the runbook's back.
extension CaseDesk {
    func simulator(_ verb: String, _ arguments: [JSONValue]) throws(Failure) -> JSONValue {
        let first = arguments.first ?? .null
        switch verb {
        case "now": return .number(stage.now)
        case "guest":
            guard let vmid = first.perlInteger else { throw .parameter("sim.guest", "takes a vmid or a table") }
            return stage.cluster.snapshot().guests[vmid]?.json ?? .null
        case "guests": return .array(stage.cluster.snapshot().guestList.map(\.json))
        case "make_guest":
            try add(JSONObject([("guests", .array([Self.hyphenated(first)]))]))
            return stage.cluster.snapshot().guests[first["vmid"]?.perlInteger ?? 0]?.json ?? .null
        case "add":
            guard let lists = first.object else { throw .parameter("sim.add", "takes a table of lists") }
            try add(
                JSONObject(lists.members.map { ($0.key, .array(($0.value.array ?? [$0.value]).map(Self.hyphenated))) }))
            return .null
        case "set": return try set(arguments)
        case "fault":
            stage.add(try StageFault(first))
            return .null
        case "sent":
            let pattern = first.string ?? "*"
            try ActionPattern.check(pattern, for: "sim.sent")
            return .array(
                stage.sent.filter { !$0.isRead && (pattern == "*" || $0.matches(pattern)) }.map(\.json))
        case "requests":
            let pattern = first.string
            if let pattern { try ActionPattern.check(pattern, for: "sim.requests") }
            return .array(stage.sent.filter { request in pattern.map(request.matches) ?? true }.map(\.json))
        case "consents": return .array(stage.consents)
        default: throw .parameter("sim.\(Excerpt.of(verb))", "does not exist")
        }
    }

    /// Lua writes `ignores_shutdown` where the cluster's file has `ignores-shutdown`.
    private static func hyphenated(_ json: JSONValue) -> JSONValue {
        guard let object = json.object else { return json }
        return .object(JSONObject(object.members.map { ($0.key.replacing("_", with: "-"), $0.value) }))
    }

    private func add(_ lists: JSONObject) throws(Failure) {
        do throws(YAMLError) {
            // What is JSON is YAML too, so that both have the same reader, keys and messages.
            try stage.cluster.add(yaml: JSONValue.object(lists).text, file: "table")
        } catch {
            throw .parameter("sim", error.message)
        }
    }

    private func set(_ arguments: [JSONValue]) throws(Failure) -> JSONValue {
        guard arguments.count == 2, let changes = arguments[1].object else {
            throw .parameter("sim.set", "takes a vmid or a node's name, and a table")
        }
        if let name = arguments[0].string {
            guard case .bool(let online)? = changes["online"], changes.members.count == 1 else {
                throw .parameter("sim.set", "can set of a node: online")
            }
            guard stage.cluster.setOnline(name, online) else {
                throw Failure(.notFound, "sim.set: there is no node \(Excerpt.of(name))")
            }
            return .null
        }
        let state = stage.cluster.snapshot()
        guard let vmid = arguments[0].perlInteger, var guest = state.guests[vmid] else {
            throw Failure(.notFound, "sim.set: there is no guest \(Excerpt.of(arguments[0].text))")
        }
        for (key, value) in changes.members {
            try Self.set(key, value, of: &guest, nodes: state.nodes.map(\.name), now: stage.now)
        }
        let changed = guest
        stage.cluster.update { $0.put(changed) }
        return changed.json
    }

    private static let settable = [
        "status", "node", "lock", "pool", "ha", "tags", "name", "config", "ignores_shutdown", "agent_running",
        "backup_fails", "migration_fault",
    ]

    private static func set(
        _ key: String, _ value: JSONValue, of guest: inout SimulatedGuest, nodes: [String], now: Double
    ) throws(Failure) {
        // False takes away what need not be there: a lock, a pool.
        let text = value == .bool(false) ? nil : value.perlText
        switch key {
        case "status":
            guard let power = text.flatMap(SimulatedGuest.Power.init(rawValue:)) else {
                throw .parameter("sim.set", "status must be running, stopped or paused")
            }
            if power != .stopped, !guest.isRunning { guest.startedAt = now }
            guest.power = power
        case "node":
            guard let text, nodes.contains(text) else {
                throw .parameter("sim.set", "node must be one of \(nodes.joined(separator: ", "))")
            }
            guest.node = text
        case "lock": guest.lock = text
        case "pool": guest.pool = text
        case "ha": guest.haState = text
        case "tags":
            let tags = value.array?.compactMap(\.string).joined(separator: ";") ?? text
            guest.config["tags"] = tags?.isEmpty == true ? nil : tags
        case "name": guest.config[guest.kind == .qemu ? "name" : "hostname"] = text
        case "config":
            for (option, value) in value.object?.members ?? [] {
                guest.config[option] = value == .bool(false) ? nil : value.perlText
            }
        case "ignores_shutdown": guest.ignoresShutdown = value.perlBool
        case "agent_running": guest.agentRunning = value.perlBool
        case "backup_fails": guest.backupFailure = text
        case "migration_fault":
            guest.migrationFault = text.flatMap(MigrationFault.init(rawValue:))
            if text != nil, guest.migrationFault == nil {
                throw .parameter("sim.set", "migration_fault must be aborts, stays or moves")
            }
        default:
            throw .parameter(
                "sim.set", "cannot set \"\(Excerpt.of(key))\"",
                hint: Spelling.suggestion(for: key, among: settable) ?? settable.joined(separator: ", "))
        }
    }
}

extension SimulatedGuest {
    /// The guest as tests look at it.
    var json: JSONValue {
        var row = JSONObject([
            ("vmid", JSONValue(vmid)), ("name", .string(displayName)), ("type", .string(kind.rawValue)),
            ("node", .string(node)), ("status", .string(power.rawValue)), ("template", .bool(isTemplate)),
            (
                "tags",
                .array(
                    (config["tags"] ?? "").split(whereSeparator: { ";, ".contains($0) }).map { .string(String($0)) })
            ),
            ("snapshots", .array(snapshots.map { .string($0.name) })),
            ("config", .object(JSONObject(config.entries.map { ($0.key, .string($0.value)) }))),
        ])
        if let pool { row["pool"] = .string(pool) }
        if let lock { row["lock"] = .string(lock) }
        if let haState { row["ha"] = .string(haState) }
        return .object(row)
    }
}
