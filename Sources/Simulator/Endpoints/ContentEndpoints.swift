// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let look = Endpoint.Access.privilege(
        "/storage/{storage}", ["Datastore.Audit", "Datastore.AllocateSpace"])
    private static let base = "nodes/{node}/storage"
    private static let kinds = ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "import"]

    static let contentEndpoints = [
        Endpoint(
            "GET", "\(base)/{storage}/content", look, protected: true,
            takes: [.choice("content", kinds), .vmid("vmid")], handler: Contents.list),
        Endpoint("GET", "\(base)/{storage}/content/{volume...}", protected: true, handler: Contents.volume),
        Endpoint(
            "PUT", "\(base)/{storage}/content/{volume...}", protected: true,
            takes: [.string("notes"), .flag("protected")], handler: Contents.change),
        Endpoint(
            "DELETE", "\(base)/{storage}/content/{volume...}", protected: true,
            takes: [.integer("delay", 1..., maximum: 30)], handler: Contents.remove),
    ]
}

/// Answers about what lies on a storage, and its changes.
enum Contents {
    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
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
    static func mayRead(_ state: ClusterState, _ identity: Identity, _ volume: SimulatedVolume) -> Bool {
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
        try checkName(storage, volid)
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

    /// A volume's name says what it is; one that says nothing names no volume (PVE::Storage::Plugin, `parse_volname`).
    static func checkName(_ storage: SimulatedStorage, _ volid: String) throws(Refusal) {
        let name = volid.drop { $0 != ":" }.dropFirst()
        guard storage.isFileBased else {
            if storage.plugin == "pbs", name.hasPrefix("backup/") { return }
            if name.contains("/") || name.isEmpty {
                throw .failed(
                    "unable to parse \(storage.plugin.hasPrefix("lvm") ? "lvm" : storage.plugin) volume name '\(name)'")
            }
            return
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isKnown =
            parts.first.map { ["iso", "vztmpl", "backup", "snippets", "import"].contains($0) || Int($0) != nil }
            ?? false
        if parts.count < 2 || !isKnown || parts.contains("") {
            throw .failed("unable to parse directory volume name '\(name)'")
        }
    }

    static func folder(_ volid: String) -> String {
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
        let volume = state.volumes[index]
        if volume.content != "backup", call["notes"] != nil || call["protected"] != nil {
            throw .failed(
                call["notes"] != nil ? "only backups can have notes" : "only backups support attribute 'protected'")
        }
        if let notes = call["notes"] { state.volumes[index].notes = notes }
        if call["protected"] != nil { state.volumes[index].protected = call.flag("protected") }
        return .null
    }

    static func remove(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        let volid = volid(call)
        let volume = state.volume(volid, on: call.node)
        if !state.may(call.identity, "Datastore.Allocate", "/storage/\(storage.name)") {
            try state.demand(call.identity, "Datastore.AllocateSpace", "/storage/\(storage.name)")
            try state.demand(call.identity, "VM.Backup", "/vms/\(volume?.vmid ?? 0)")
        }
        try checkName(storage, volid)
        let upid = state.spawn(
            "imgdel", id: volume?.vmid.map { "\($0)@\(storage.name)" } ?? storage.name, node: call.node,
            by: call.identity.description, parameters: ["volid": volid])
        guard call["delay"] != nil else { return Reply(.string(upid)) }
        // A deletion is over sooner than the shortest delay that can be asked for.
        state.finishTask(upid)
        if let exit = state.tasks[upid]?.exit, exit != "OK" { throw .failed(exit) }
        return .null
    }
}
