// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let migrate = Endpoint.Access.privilege("/vms/{vmid}", ["VM.Migrate"])

    static let migrateEndpoints = [
        Endpoint(
            "GET", "nodes/{node}/qemu/{vmid}/migrate", migrate, protected: true, takes: [.string("target", .node)],
            handler: Migration.preconditions),
        Endpoint(
            "POST", "nodes/{node}/qemu/{vmid}/migrate", migrate, protected: true,
            takes: [
                .string("target", optional: false, .node), .integer("bwlimit", 0...), .flag("force"),
                .string("migration_network"), .choice("migration_type", ["secure", "insecure"]), .flag("online"),
                .string("targetstorage"), .flag("with-local-disks"),
            ], handler: Migration.machine),
        Endpoint(
            "POST", "nodes/{node}/lxc/{vmid}/migrate", migrate, protected: true,
            takes: [
                .string("target", optional: false, .node), .integer("bwlimit", 0...), .flag("online"),
                .flag("restart"), .string("target-storage"), .integer("timeout"),
            ], handler: Migration.container),
    ]
}

/// Requests that move guests.
enum Migration {
    static func preconditions(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.checkQuorum()
        let guest = try state.guest(.qemu, call.vmid, on: call.node)
        try state.checkLock(guest)
        var allowed: [String] = []
        var checked = JSONObject()
        // Where a machine may go to is told only of one that does not run, for every node whether it answers or not.
        for node in state.nodes
        where !guest.isRunning && node.name != call.node && (call["target"] ?? node.name) == node.name {
            let missing = state.disks(guest).map(\.storage).filter { !$0.serves(node.name) || !$0.enabled }.map(\.name)
            if missing.isEmpty {
                allowed.append(node.name)
                checked[node.name] = [:]
            } else {
                checked[node.name] = ["unavailable_storages": .array(Set(missing).sorted().map(JSONValue.string))]
            }
        }
        return Reply([
            "running": guest.isRunning ? 1 : 0, "allowed_nodes": .array(allowed.map(JSONValue.string)),
            "not_allowed_nodes": .object(checked),
            "local_resources": .array(guest.localDevices.map(JSONValue.string)), "mapped-resources": [],
            "mapped-resource-info": [:],
            "local_disks": .array(state.localVolumes(guest).map { .object($0.row) }),
        ])
    }

    private static func admit(
        _ state: ClusterState, _ call: Call, _ kind: GuestKind
    ) throws(Refusal) -> SimulatedGuest {
        let target = call["target"] ?? ""
        if target == call.node { throw .parameter("target", "target is local node.") }
        try state.checkQuorum()
        guard state.node(target) != nil else { throw .failed("no such cluster node '\(target)'") }
        let guest = try state.guest(kind, call.vmid, on: call.node)
        try state.checkLock(guest)
        return guest
    }

    static func machine(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["force", "migration_type", "migration_network"])
        let guest = try admit(state, call, .qemu)
        if guest.isRunning, !call.flag("online") { throw .failed("can't migrate running VM without --online") }
        try checkStorages(state, call, guest, mapping: call["targetstorage"])
        return state.spawn(state.isManaged(call.vmid) ? "hamigrate" : "qmigrate", for: call)
    }

    static func container(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let guest = try admit(state, call, .lxc)
        if guest.isRunning, !call.flag("online"), !call.flag("restart") {
            throw .failed("can't migrate running container without --online or --restart")
        }
        try checkStorages(state, call, guest, mapping: call["target-storage"])
        return state.spawn(state.isManaged(call.vmid) ? "hamigrate" : "vzmigrate", for: call)
    }

    private static func checkStorages(
        _ state: ClusterState, _ call: Call, _ guest: SimulatedGuest, mapping: String?
    ) throws(Refusal) {
        let map = StorageMap(mapping)
        if mapping != nil, mapping != "1" {
            try state.demand(call.identity, "VM.Config.Disk", "/vms/\(guest.vmid)")
        }
        for disk in state.disks(guest) {
            let name = disk.storage.shared ? disk.storage.name : map.target(disk.storage.name)
            _ = try state.storage(name, on: call["target"])
            if name != disk.storage.name {
                try state.demand(call.identity, "Datastore.AllocateSpace", "/storage/\(name)")
            }
        }
    }
}

/// Which storage takes the volumes of which: `1` for the same, a name for all, `a:b` for one.
struct StorageMap: Sendable {
    private var single: String?
    private var pairs: [String: String] = [:]

    init(_ text: String?) {
        for part in (text ?? "1").split(whereSeparator: { ",; ".contains($0) }) {
            let names = part.split(separator: ":").map(String.init)
            if names.count == 2 { pairs[names[0]] = names[1] } else if part != "1" { single = names.first }
        }
    }

    func target(_ name: String) -> String { pairs[name] ?? single ?? name }
}

/// A volume that only a guest's own node has.
struct LocalVolume {
    var volid: String
    var row: JSONObject
}

extension SimulatedGuest {
    /// The devices of its node that it uses.
    var localDevices: [String] {
        config.entries.filter { entry in
            switch entry.key.prefix(while: { !$0.isNumber }) {
            case "hostpci", "parallel", "ivshmem": true
            case "usb": !entry.value.hasPrefix("spice")
            case "serial": entry.value != "socket"
            default: false
            }
        }.map(\.key)
    }
}

extension ClusterState {
    /// Everything of a machine that lies on storage of its node alone, saved memory included.
    func localVolumes(_ guest: SimulatedGuest) -> [LocalVolume] {
        var rows: [LocalVolume] = []
        func add(_ volid: String, _ extra: [(String, JSONValue)], memory: Bool = false, attached: Bool = true) {
            let name = volid.prefix { $0 != ":" }
            guard volid.contains(":"), storages.first(where: { $0.name == name })?.shared == false else { return }
            rows.append(
                LocalVolume(
                    volid: volid,
                    row: JSONObject(
                        [
                            ("volid", .string(volid)), ("is_attached", attached ? 1 : 0), ("is_tpmstate", 0),
                            ("is_vmstate", memory ? 1 : 0), ("replicate", 1), ("shared", 0),
                        ] + extra)))
        }
        for entry in guest.config.entries where GuestOptions.isDisk(entry.key) {
            let volid = String(entry.value.prefix { $0 != "," })
            let isCDROM = entry.value.contains("media=cdrom")
            let unused = entry.key.hasPrefix("unused")
            var extra: [(String, JSONValue)] = [
                ("drivename", .string(entry.key)), ("cdrom", isCDROM ? 1 : 0), ("is_unused", unused ? 1 : 0),
            ]
            if let size = DiskSize.of(entry.value) { extra.append(("size", JSONValue(size))) }
            let snapshots = guest.snapshots.filter { $0.config.entries.contains { $0.value.hasPrefix(volid) } }
            if !snapshots.isEmpty {
                extra.append(("referenced_in_snapshot", .object(JSONObject(snapshots.map { ($0.name, 1) }))))
            }
            add(volid, extra, attached: !unused)
        }
        for snapshot in guest.snapshots {
            guard let file = snapshot.config["vmstate"] else { continue }
            let names = JSONObject([(snapshot.name, 1)])
            add(
                file, [("cdrom", 0), ("is_unused", 0), ("referenced_in_snapshot", .object(names))], memory: true,
                attached: false)
        }
        return rows
    }
}
