// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let look = Endpoint.Access.privilege(
        "/storage/{storage}", ["Datastore.Audit", "Datastore.AllocateSpace"])
    private static let base = "nodes/{node}/storage"

    static let storageEndpoints = [
        Endpoint("GET", "storage", takes: [.string("type")], handler: Storages.definitions),
        Endpoint(
            "GET", "storage/{storage}", .privilege("/storage/{storage}", ["Datastore.Allocate"]),
            handler: Storages.definition),
        Endpoint(
            "GET", base, protected: true,
            takes: [
                .string("content"), .flag("enabled"), .flag("format"), .string("storage", .storageID),
                .string("target", .node),
            ], handler: Storages.list),
        Endpoint("GET", "\(base)/{storage}") { _, _ in
            Reply(
                .subdirectories([
                    "content", "download-url", "file-restore", "import-metadata", "prunebackups", "rrd", "rrddata",
                    "status", "upload",
                ]))
        },
        Endpoint("GET", "\(base)/{storage}/status", look, protected: true, handler: Storages.status),
    ]
}

/// Answers about storages.
enum Storages {
    static func visible(_ state: ClusterState, _ call: Call) -> [SimulatedStorage] {
        state.storages.filter {
            state.mayAny(call.identity, ["Datastore.Audit", "Datastore.AllocateSpace"], "/storage/\($0.name)")
        }
    }

    static func definitions(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let rows = visible(state, call).filter { call["type"] == nil || call["type"] == $0.plugin }
        return Reply(.array(rows.map { .object(definition($0)) }))
    }

    static func definition(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let storage = state.storages.first(where: { $0.name == call["storage"] }) else {
            throw .failed("storage '\(call["storage"] ?? "")' does not exist")
        }
        return Reply(.object(definition(storage)))
    }

    private static func definition(_ storage: SimulatedStorage) -> JSONObject {
        var row = JSONObject([
            ("storage", .string(storage.name)), ("type", .string(storage.plugin)),
            ("content", .string(storage.content.joined(separator: ","))),
            ("digest", .string(GuestConfig(["name": storage.name]).digest)),
        ])
        if storage.content.contains("backup") { row["prune-backups"] = .string(storage.retention) }
        if let path = storage.path { row["path"] = .string(path) }
        if storage.shared { row["shared"] = 1 }
        if !storage.enabled { row["disable"] = 1 }
        if !storage.nodes.isEmpty { row["nodes"] = .string(storage.nodes.joined(separator: ",")) }
        if storage.plugin == "dir" { row["priority"] = 0 }
        return row
    }

    private static func live(_ storage: SimulatedStorage) -> JSONObject {
        let answers = storage.enabled && storage.active
        return JSONObject([
            ("type", .string(storage.plugin)), ("content", .string(storage.content.joined(separator: ","))),
            ("active", answers ? 1 : 0), ("enabled", storage.enabled ? 1 : 0), ("shared", storage.shared ? 1 : 0),
            ("total", JSONValue(answers ? storage.size : 0)), ("used", JSONValue(answers ? storage.used : 0)),
            ("avail", JSONValue(answers ? storage.size - storage.used : 0)),
        ])
    }

    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let wanted = Set(call.list("content"))
        let rows = visible(state, call).filter { storage in
            storage.serves(call.node) && (call["storage"] ?? storage.name) == storage.name
                && storage.serves(call["target"] ?? call.node) && (storage.enabled || !call.flag("enabled"))
                && (wanted.isEmpty || !wanted.isDisjoint(with: storage.content))
        }.map { storage in
            var row = live(storage)
            row["storage"] = .string(storage.name)
            if storage.enabled, storage.active, storage.size > 0 {
                row["used_fraction"] = .number(Double(storage.used) / Double(storage.size))
            }
            return JSONValue.object(row)
        }
        return Reply(.array(rows))
    }

    static func status(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let storage = state.storages.first(where: { $0.name == call["storage"] }), storage.serves(call.node)
        else {
            throw .parameter("storage", "No such storage.")
        }
        return Reply(.object(live(storage)))
    }
}
