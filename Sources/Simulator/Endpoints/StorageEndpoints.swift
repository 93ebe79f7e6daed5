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
        Endpoint(
            "GET", "\(base)/{storage}/content", look, protected: true,
            takes: [.string("content"), .vmid("vmid")], handler: Storages.content),
        Endpoint("GET", "\(base)/{storage}/content/{volume...}", protected: true, handler: Storages.volume),
        Endpoint(
            "PUT", "\(base)/{storage}/content/{volume...}", protected: true,
            takes: [.string("notes"), .flag("protected")], handler: Storages.change),
        Endpoint(
            "DELETE", "\(base)/{storage}/content/{volume...}", protected: true,
            takes: [.integer("delay", 1..., maximum: 30)], handler: Storages.remove),
    ]
}

/// Answers about storages and what lies on them.
enum Storages {
    private static func visible(_ state: ClusterState, _ call: Call) -> [SimulatedStorage] {
        state.storages.filter {
            state.mayAny(call.identity, ["Datastore.Audit", "Datastore.AllocateSpace"], "/storage/\($0.name)")
        }
    }

    static func definitions(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let rows = visible(state, call).filter { call["type"] == nil || call["type"] == $0.plugin }.map { storage in
            var row = JSONObject([
                ("storage", .string(storage.name)), ("type", .string(storage.plugin)),
                ("content", .string(storage.content.joined(separator: ","))),
                ("digest", .string(GuestConfig(["name": storage.name]).digest)),
            ])
            if storage.content.contains("backup") { row["prune-backups"] = "keep-all=1" }
            if let path = storage.path { row["path"] = .string(path) }
            if storage.shared { row["shared"] = 1 }
            if !storage.nodes.isEmpty { row["nodes"] = .string(storage.nodes.joined(separator: ",")) }
            if storage.plugin == "dir" { row["priority"] = 0 }
            return JSONValue.object(row)
        }
        return Reply(.array(rows))
    }

    private static func live(_ storage: SimulatedStorage) -> JSONObject {
        JSONObject([
            ("type", .string(storage.plugin)), ("content", .string(storage.content.joined(separator: ","))),
            ("active", 1), ("enabled", 1), ("shared", storage.shared ? 1 : 0),
            ("total", JSONValue(storage.size)), ("used", JSONValue(storage.used)),
            ("avail", JSONValue(storage.size - storage.used)),
        ])
    }

    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let wanted = Set(call.list("content"))
        let rows = visible(state, call).filter { storage in
            storage.serves(call.node) && (call["storage"] ?? storage.name) == storage.name
                && storage.serves(call["target"] ?? call.node)
                && (wanted.isEmpty || !wanted.isDisjoint(with: storage.content))
        }.map { storage in
            var row = live(storage)
            row["storage"] = .string(storage.name)
            row["used_fraction"] = .number(storage.size > 0 ? Double(storage.used) / Double(storage.size) : 0)
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

    static func content(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        let rows = state.volumes.filter { volume in
            volume.storage == storage.name && (volume.node == nil || volume.node == call.node)
                && (call["content"] ?? volume.content) == volume.content
                && (call.integer("vmid") == nil || call.integer("vmid") == volume.vmid)
                && mayRead(state, call.identity, volume)
        }
        return Reply(.array(rows.map(row)))
    }

    /// Rows the caller has no business with are left out without a word (PVE::Storage::check_volume_access).
    private static func mayRead(_ state: ClusterState, _ identity: Identity, _ volume: SimulatedVolume) -> Bool {
        let path = "/storage/\(volume.storage)"
        if state.may(identity, "Datastore.Allocate", path) { return true }
        let owner = "/vms/\(volume.vmid ?? 0)"
        switch volume.content {
        case "backup":
            return state.may(identity, "Datastore.AllocateSpace", path) && state.may(identity, "VM.Backup", owner)
        case "images", "rootdir":
            return state.may(identity, "Datastore.Audit", path) && state.may(identity, "VM.Config.Disk", owner)
        default: return state.mayAny(identity, ["Datastore.Audit", "Datastore.AllocateSpace"], path)
        }
    }

    private static func row(_ volume: SimulatedVolume) -> JSONValue {
        var row = JSONObject([
            ("volid", .string(volume.volid)), ("content", .string(volume.content)),
            ("format", .string(volume.format)), ("size", JSONValue(volume.size)),
            ("ctime", JSONValue(Int(volume.created))),
        ])
        if let vmid = volume.vmid { row["vmid"] = JSONValue(vmid) }
        if let subtype = volume.subtype { row["subtype"] = .string(subtype) }
        if let notes = volume.notes { row["notes"] = .string(String(notes.prefix { $0 != "\n" })) }
        if volume.protected { row["protected"] = 1 }
        if ["images", "rootdir"].contains(volume.content) {
            row["used"] = JSONValue(volume.size / 4)
            row["parent"] = .null
        }
        return .object(row)
    }

    /// The volume id, whether the path names it whole or without the storage.
    private static func volid(_ call: Call) -> String {
        let name = call["volume"] ?? ""
        let storage = call["storage"] ?? ""
        return name.hasPrefix(storage + ":") ? name : "\(storage):\(name)"
    }

    private static func find(_ state: ClusterState, _ call: Call) throws(Refusal) -> Int {
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        let volid = volid(call)
        let index = state.volumes.firstIndex { $0.volid == volid && ($0.node == nil || $0.node == call.node) }
        guard let index else {
            let path = "\(storage.path ?? "/dev/\(storage.name)")/\(folder(volid))"
            throw .failed("volume_size_info on '\(volid)' failed - no such file '\(path)'")
        }
        guard mayRead(state, call.identity, state.volumes[index]) else {
            throw .forbidden("/storage/\(storage.name), Datastore.AllocateSpace")
        }
        return index
    }

    private static func folder(_ volid: String) -> String {
        String(volid.drop { $0 != ":" }.dropFirst())
            .replacing("backup/", with: "dump/").replacing("iso/", with: "template/iso/")
    }

    static func volume(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let volume = state.volumes[try find(state, call)]
        let path = state.storages.first { $0.name == volume.storage }?.path ?? "/dev/\(volume.storage)"
        var row = JSONObject([
            ("path", .string("\(path)/\(folder(volume.volid))")), ("size", JSONValue(volume.size)),
            ("used", JSONValue(volume.size)), ("format", .string(volume.content == "backup" ? "raw" : volume.format)),
        ])
        if volume.content == "backup" {
            row["notes"] = .string(volume.notes ?? "")
            row["protected"] = volume.protected ? 1 : 0
        }
        return Reply(.object(row))
    }

    static func change(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let index = try find(state, call)
        if let notes = call["notes"] { state.volumes[index].notes = notes }
        if call["protected"] != nil { state.volumes[index].protected = call.flag("protected") }
        return .null
    }

    static func remove(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        let volid = volid(call)
        let owner = state.volume(volid, on: call.node)?.vmid
        if !state.may(call.identity, "Datastore.Allocate", "/storage/\(storage.name)") {
            try state.demand(call.identity, "Datastore.AllocateSpace", "/storage/\(storage.name)")
            try state.demand(call.identity, "VM.Backup", "/vms/\(owner ?? 0)")
        }
        let upid = state.spawn(
            "imgdel", id: owner.map { "\($0)@\(storage.name)" } ?? storage.name, node: call.node,
            by: call.identity.description, parameters: ["volid": volid])
        return Reply(.string(upid))
    }
}
