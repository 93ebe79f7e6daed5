// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let diskEndpoints = [
        Endpoint(
            "POST", "nodes/{node}/qemu/{vmid}/move_disk", .privilege("/vms/{vmid}", ["VM.Config.Disk"]),
            protected: true,
            takes: [
                .string("disk", optional: false), .string("storage", .storageID), .integer("bwlimit", 0...),
                .flag("delete"), .choice("format", ["raw", "qcow2", "vmdk"]), .string("digest", length: 40),
            ]
        ) { (state, call) throws(Refusal) in try DiskMoves.move(&state, call, .qemu) },
        Endpoint(
            "POST", "nodes/{node}/lxc/{vmid}/move_volume", .privilege("/vms/{vmid}", ["VM.Config.Disk"]),
            protected: true,
            takes: [
                .string("volume", optional: false), .string("storage", .storageID), .integer("bwlimit", 0...),
                .flag("delete"), .string("digest", length: 40),
            ]
        ) { (state, call) throws(Refusal) in try DiskMoves.move(&state, call, .lxc) },
        Endpoint(
            "PUT", "nodes/{node}/qemu/{vmid}/cloudinit", .privilege("/vms/{vmid}", ["VM.Config.Cloudinit"]),
            protected: true
        ) { (state, call) throws(Refusal) in
            let guest = try state.guest(.qemu, call.vmid, on: call.node)
            try state.checkLock(guest)
            return .null
        },
    ]
}

/// Requests that move disks to other storages (PVE::API2::Qemu, PVE::API2::LXC).
enum DiskMoves {
    static func move(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        if let digest = call["digest"], digest != guest.config.digest {
            throw .failed("detected modified configuration - file changed by other user? Try again.")
        }
        let name = call["storage"] ?? ""
        try state.demand(call.identity, "Datastore.AllocateSpace", "/storage/\(name)")
        try state.checkLock(guest)
        let key = call[kind == .qemu ? "disk" : "volume"] ?? ""
        guard let disk = state.disks(guest).first(where: { $0.key == key }) else {
            throw .failed("disk '\(key)' does not exist")
        }
        let storage = try state.storage(name, on: call.node)
        let content = kind == .qemu ? "images" : "rootdir"
        guard storage.content.contains(content) else {
            throw .parameter(
                "storage", "storage '\(name)' does not support \(kind == .qemu ? "vm images" : "container directories")"
            )
        }
        if disk.storage.name == name, call["format"] == nil {
            throw .failed("you can't move to the same storage with same format")
        }
        if kind == .lxc, guest.isRunning { throw .failed("cannot move volumes of a running container") }
        if call.flag("delete"), !guest.snapshots.isEmpty {
            throw .failed("you can't move a disk with snapshots and delete the source")
        }
        return state.spawn(kind == .qemu ? "qmmove" : "move_volume", for: call)
    }
}
