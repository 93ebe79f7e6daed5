// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looking at nodes and guests.
enum InventoryHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "list_vms": listVMs,
        "list_nodes": listNodes,
        "vm": vm,
        "node": node,
        "storage": storage,
        "version": version,
    ]

    static func listVMs(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let filters = call.arguments.options("filters")
        let resources = try await resources(call, .vm)
        if resources.isEmpty { await EmptyListNote(call: call).tell() }
        let chosen = resources.filter { $0.guest != nil && matches($0, filters) }.sorted {
            ($0.vmid?.rawValue ?? 0) < ($1.vmid?.rawValue ?? 0)
        }
        return .array(chosen.map(GuestRecord.json))
    }

    static func listNodes(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let nodes = try await resources(call, .node).sorted { ($0.node?.rawValue ?? "") < ($1.node?.rawValue ?? "") }
        return .array(nodes.map(NodeRecord.json))
    }

    static func vm(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let vmid = try call.arguments.guest()
        // The node is not known yet, and does not matter to what the call is.
        let request = try APICall.get("nodes", "localhost", "qemu", vmid.description, "status", "current")
        return try await call.gate.read(request) { _ throws(Failure) in try await call.gate.resolve(vmid) }.json
    }

    static func node(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let rows = try await resources(call, .node)
        guard let name = call.arguments.node(), let row = rows.first(where: { $0.node == name }) else {
            var failure = Failure(
                .notFound,
                "there is no node \(call.arguments.node()?.rawValue ?? "") in cluster \(call.environment.clusterName)")
            failure.hint = "its nodes are " + rows.compactMap(\.node).map(\.rawValue).sorted().joined(separator: ", ")
            throw failure
        }
        return NodeRecord.json(row)
    }

    static func storage(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let rows = try await resources(call, .storage)
        let name = call.arguments.text("storage") ?? ""
        guard let record = StorageRecord.json(name, rows) else {
            var failure = Failure(.notFound, "there is no storage \(name) in cluster \(call.environment.clusterName)")
            let names = Set(rows.compactMap { $0.members["storage"]?.perlText }).sorted()
            failure.hint = "its storages are " + names.joined(separator: ", ")
            throw failure
        }
        return record
    }

    static func version(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let request = try APICall.get("version")
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        var object = answer.object ?? JSONObject()
        object["pvelua"] = .string(call.environment.settings.version)
        object["lua"] = "5.4"
        return .object(object)
    }

    private static func resources(
        _ call: OperationCall, _ type: ClusterResource.Filter
    ) async throws(Failure) -> [ClusterResource] {
        let request = try APICall.get("cluster", "resources", parameters: [("type", .text(type.rawValue))])
        return try await call.gate.read(request) { client throws(Failure) in try await client.resources(type: type) }
    }

    private static func matches(_ guest: ClusterResource, _ filters: Arguments) -> Bool {
        func glob(_ name: String, _ values: [String]) -> Bool {
            guard let pattern = filters.text(name) else { return true }
            return values.contains { Glob(pattern).matches($0) }
        }
        return (filters.text("status").map { $0 == guest.status } ?? true)
            && (filters.node().map { $0 == guest.node } ?? true)
            && (filters.text("pool").map { $0 == guest.pool } ?? true)
            && (filters.text("kind").map { $0 == guest.guest?.kind.rawValue } ?? true)
            && (filters.flag("template") ?? false) == guest.isTemplate
            && glob("tag", guest.tags) && glob("name", guest.name.map { [$0] } ?? [])
    }
}

/// How a node from the resource list looks to scripts.
enum NodeRecord {
    private static let fields = ["node", "status", "cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "uptime"]

    static func json(_ node: ClusterResource) -> JSONValue {
        .object(JSONObject(fields.compactMap { name in node.members[name].map { (name, $0) } }))
    }
}

/// How a storage looks to scripts: the resource list has a row of it for each node.
enum StorageRecord {
    static func json(_ name: String, _ resources: [ClusterResource]) -> JSONValue? {
        let rows = resources.filter { $0.members["storage"]?.perlText == name }
        // Usage is told by a node that can reach it.
        guard let row = rows.first(where: { $0.status == "available" }) ?? rows.first else { return nil }
        let nodes = rows.filter { $0.status == "available" }.compactMap(\.node).map(\.rawValue).sorted()
        let content = (row.members["content"]?.perlText ?? "").split(separator: ",").map(String.init).sorted()
        var object = JSONObject([
            ("storage", .string(name)), ("type", JSONValue(row.members["plugintype"]?.perlText)),
            ("status", .string(nodes.isEmpty ? row.status ?? "unknown" : "available")),
            ("shared", .bool(row.members["shared"]?.perlBool ?? false)),
            ("content", .array(content.map(JSONValue.string))), ("nodes", .array(nodes.map(JSONValue.string))),
        ])
        for field in ["disk", "maxdisk"] {
            if let value = row.members[field], !value.isNull { object[field] = value }
        }
        return .object(object)
    }
}

/// How a guest from the resource list looks to scripts.
enum GuestRecord {
    private static let numbers = [
        "cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "uptime", "netin", "netout", "diskread", "diskwrite",
    ]

    static func json(_ guest: ClusterResource) -> JSONValue {
        var object = JSONObject([
            ("vmid", guest.vmid.map { JSONValue($0.rawValue) } ?? .null), ("name", JSONValue(guest.name)),
            ("node", JSONValue(guest.node?.rawValue)), ("kind", JSONValue(guest.guest?.kind.rawValue)),
            ("status", .string(guest.status ?? "unknown")),
            ("template", .bool(guest.isTemplate)),
            ("tags", .array(guest.tags.map(JSONValue.string))),
        ])
        for name in ["pool", "lock", "hastate"] {
            if let text = guest.members[name]?.perlText { object[name] = .string(text) }
        }
        for name in numbers {
            if let value = guest.members[name], !value.isNull { object[name] = value }
        }
        return .object(object)
    }
}

/// Tells a person when a list of guests is empty because none may be seen.
struct EmptyListNote {
    let call: OperationCall

    /// Asks once a run; what cannot be asked is not told.
    func tell() async {
        guard await call.gate.run.isFirst("empty list"),
            let permissions = try? await call.environment.client.permissions(),
            permissions.reach(of: .seeingGuests) == .nowhere
        else { return }
        call.environment.output.log(
            .warning,
            "the list is empty because this identity has no VM.Audit on any guest, not because there is none; "
                + "`pvelua cluster doctor` tells more")
    }
}
