// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let disk = Endpoint.Access.privilege("/vms/{vmid}", ["VM.Config.Disk"])
    private static let common: [Parameter] = [
        .number("bwlimit", 0...), .flag("delete"), .string("digest", length: 40), .string("storage", .storageID),
        .string("target-digest", length: 40), .vmid("target-vmid"),
    ]

    static let diskEndpoints = [
        Endpoint(
            "POST", "nodes/{node}/qemu/{vmid}/move_disk", disk, protected: true,
            takes: common + [
                .string("disk", optional: false), .choice("format", ["raw", "qcow2", "vmdk"]), .string("target-disk"),
            ]
        ) { (state, call) throws(Refusal) in try Disks.move(&state, call, .qemu) },
        Endpoint(
            "POST", "nodes/{node}/lxc/{vmid}/move_volume", disk, protected: true,
            takes: common + [.string("volume", optional: false), .string("target-volume")]
        ) { (state, call) throws(Refusal) in try Disks.move(&state, call, .lxc) },
        Endpoint(
            "PUT", "nodes/{node}/qemu/{vmid}/unlink", disk, protected: true,
            takes: [.string("idlist", optional: false, .configIDList), .flag("force")], handler: Disks.unlink),
        Endpoint(
            "PUT", "nodes/{node}/qemu/{vmid}/cloudinit", .privilege("/vms/{vmid}", ["VM.Config.Cloudinit"]),
            protected: true
        ) { (state, call) throws(Refusal) in
            try state.checkLock(try state.guest(.qemu, call.vmid, on: call.node))
            return .null
        },
    ]
}

/// Requests that move disks about or take them off.
enum Disks {
    static func move(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let name = call[kind == .qemu ? "disk" : "volume"] ?? ""
        let guest = try state.guest(kind, call.vmid, on: call.node)
        guard GuestOptions.isDisk(name) else {
            throw .parameter(
                kind == .qemu ? "disk" : "volume", "value '\(name)' does not have a value in the enumeration")
        }
        switch (call["storage"], call.integer("target-vmid")) {
        case (nil, nil):
            throw .parameter("storage", "both 'storage' and 'target-vmid' missing, either needs to be set")
        case (.some, .some):
            throw .parameter("target-vmid", "either set 'storage' or 'target-vmid', but not both")
        default: break
        }
        try state.checkLock(guest)
        if let digest = call["digest"], digest != guest.digest {
            throw .failed("checksum mismatch (file change by other user?)")
        }
        guard let value = guest.config[name] else {
            throw .failed("\(kind == .qemu ? "disk" : "volume") '\(name)' does not exist")
        }
        if value.contains("media=cdrom") { throw .failed("you can't move a cdrom") }
        var parameters = call.parameters
        parameters["disk"] = name
        var id = String(call.vmid)
        if let target = call["storage"] {
            try checkStorage(state, call, guest, value, target)
        } else {
            let slot = call[kind == .qemu ? "target-disk" : "target-volume"] ?? name
            parameters["slot"] = slot
            id = "\(call.vmid)-\(name)>\(call["target-vmid"] ?? "")-\(slot)"
            try checkReceiver(state, call, kind, slot)
        }
        let upid = state.spawn(
            kind == .qemu ? "qmmove" : "move_volume", id: id, node: call.node, vmid: call.vmid,
            by: call.identity.description, parameters: parameters)
        return Reply(.string(upid))
    }

    private static func checkStorage(
        _ state: ClusterState, _ call: Call, _ guest: SimulatedGuest, _ value: String, _ target: String
    ) throws(Refusal) {
        try state.demand(call.identity, "Datastore.AllocateSpace", "/storage/\(target)")
        let storage = try state.storage(target, on: call.node)
        let (content, what) = guest.kind == .qemu ? ("images", "vm images") : ("rootdir", "container directories")
        if !storage.content.contains(content) {
            throw .parameter("storage", "storage '\(target)' does not support \(what)")
        }
        let volid = String(value.prefix { $0 != "," })
        let format = volid.contains(".") ? volid.split(separator: ".").last.map(String.init) : "raw"
        if volid.hasPrefix(target + ":"), call["format"] == nil || call["format"] == format {
            throw .failed(
                guest.kind == .qemu
                    ? "you can't move to the same storage with same format"
                    : "you can't move a volume to the same storage")
        }
        if call.flag("delete"),
            guest.snapshots.contains(where: { $0.config.entries.contains { $0.value.hasPrefix(volid) } })
        {
            throw .failed("you can't move a disk with snapshots and delete the source")
        }
        if guest.kind == .lxc, guest.isRunning {
            throw .failed("cannot move volumes of a running container")
        }
    }

    private static func checkReceiver(
        _ state: ClusterState, _ call: Call, _ kind: GuestKind, _ slot: String
    ) throws(Refusal) {
        let vmid = call.integer("target-vmid") ?? 0
        try state.demand(call.identity, "VM.Config.Disk", "/vms/\(vmid)")
        if vmid == call.vmid { throw .failed("must be different than source VMID to move disk to another VM") }
        guard let receiver = state.guests[vmid], receiver.kind == kind, receiver.node == call.node else {
            throw .failed("Both VMs need to be on the same node (target VM \(vmid) is not on '\(call.node)')")
        }
        try state.checkLock(receiver)
        if receiver.config[slot] != nil {
            throw .failed("Target disk key '\(slot)' is already in use for VM '\(vmid)'!")
        }
    }

    static func unlink(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let guest = try state.guest(.qemu, call.vmid, on: call.node)
        if state.isFlocked(call.vmid) { throw .flocked(.qemu, call.vmid) }
        try state.checkLock(guest)
        try state.apply(ConfigChange(delete: call.list("idlist"), force: call.flag("force")), to: call.vmid)
        return .null
    }
}
