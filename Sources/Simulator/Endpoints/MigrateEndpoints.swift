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
        let disks = state.disks(guest).filter { !$0.storage.shared }
        var allowed: [String] = []
        var refused = JSONObject()
        for node in state.nodes where node.name != call.node && (call["target"] ?? node.name) == node.name {
            let missing = state.disks(guest).filter { !$0.storage.serves(node.name) }.map(\.storage.name)
            if missing.isEmpty && node.online {
                allowed.append(node.name)
                if call["target"] != nil { refused[node.name] = [:] }
            } else {
                refused[node.name] = ["unavailable_storages": .array(missing.map(JSONValue.string))]
            }
        }
        return Reply([
            "running": guest.isRunning ? 1 : 0, "allowed_nodes": .array(allowed.map(JSONValue.string)),
            "not_allowed_nodes": .object(refused), "local_resources": [], "mapped-resources": [],
            "mapped-resource-info": [:],
            "local_disks": .array(
                disks.map {
                    [
                        "volid": .string(String($0.value.prefix { $0 != "," })), "drivename": .string($0.key),
                        "size": JSONValue(DiskSize.of($0.value) ?? 0), "cdrom": 0, "is_attached": 1, "is_unused": 0,
                        "is_tpmstate": 0, "is_vmstate": 0, "replicate": 1, "shared": 0,
                    ]
                }),
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
        guard mapping == nil else { return }
        for disk in state.disks(guest) { _ = try state.storage(disk.storage.name, on: call["target"]) }
    }
}
