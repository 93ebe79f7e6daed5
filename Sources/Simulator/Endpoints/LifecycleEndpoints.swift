// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let lifecycleEndpoints = createEndpoints + cloneEndpoints + destroyEndpoints + resizeEndpoints

    private static let createEndpoints = [
        Endpoint(
            "POST", "nodes/{node}/qemu", protected: true,
            takes: [
                .vmid, .string("archive", length: 255), .integer("bwlimit", 0...), .flag("force"),
                .string("import-working-storage", .storageID), .flag("live-restore", needs: "archive"),
                .string("pool", .poolID), .flag("start"), .string("storage", .storageID), .flag("unique"),
            ], options: .qemu, handler: Creation.machine),
        Endpoint(
            "POST", "nodes/{node}/lxc", protected: true,
            takes: [
                .vmid, .string("ostemplate", optional: false, length: 255), .integer("bwlimit", 0...), .flag("force"),
                .flag("ignore-unpack-errors"), .string("password"), .string("pool", .poolID), .flag("restore"),
                .string("ssh-public-keys"), .flag("start"), .string("storage", .storageID),
                .flag("unique", needs: "restore"),
            ], options: .lxc, handler: Creation.container),
    ]

    private static let cloneEndpoints = both { kind in
        let base = "nodes/{node}/\(kind.rawValue)/{vmid}"
        let name = kind == .qemu ? "name" : "hostname"
        return [
            Endpoint(
                "POST", "\(base)/clone", .privilege("/vms/{vmid}", ["VM.Clone"]), protected: true,
                takes: [
                    .vmid("newid", optional: false), .integer("bwlimit", 0...), .string("description"), .flag("full"),
                    .string(name, .dnsName), .string("pool", .poolID), .string("snapname", length: 40, .configID),
                    .string("storage", .storageID), .string("target", .node),
                ] + (kind == .qemu ? [.choice("format", ["raw", "qcow2", "vmdk"])] : [])
            ) { (state, call) throws(Refusal) in try Cloning.clone(&state, call, kind) },
            Endpoint(
                "POST", "\(base)/template", .privilege("/vms/{vmid}", ["VM.Allocate"]), protected: true,
                takes: kind == .qemu ? [.string("disk")] : []
            ) { (state, call) throws(Refusal) in try Cloning.template(&state, call, kind) },
        ]
    }

    private static let destroyEndpoints = both { kind in
        [
            Endpoint(
                "DELETE", "nodes/{node}/\(kind.rawValue)/{vmid}", .privilege("/vms/{vmid}", ["VM.Allocate"]),
                protected: true,
                takes: [.flag("destroy-unreferenced-disks"), .flag("purge")]
                    + [kind == .qemu ? .flag("skiplock") : .flag("force")]
            ) { (state, call) throws(Refusal) in try Destruction.destroy(&state, call, kind) }
        ]
    }

    private static let resizeEndpoints = both { kind in
        [
            Endpoint(
                "PUT", "nodes/{node}/\(kind.rawValue)/{vmid}/resize", .privilege("/vms/{vmid}", ["VM.Config.Disk"]),
                protected: true,
                takes: [
                    .string("disk", optional: false), .string("size", optional: false), .string("digest", length: 40),
                ]
                    + (kind == .qemu ? [.flag("skiplock")] : [])
            ) { (state, call) throws(Refusal) in try Destruction.resize(&state, call, kind) }
        ]
    }
}

/// Requests that make guests.
enum Creation {
    private static func admit(
        _ state: ClusterState, _ call: Call, _ kind: GuestKind, restoring: Bool
    ) throws(Refusal) {
        let mayAllocate =
            state.may(call.identity, "VM.Allocate", "/vms/\(call.vmid)")
            || call["pool"].map { state.may(call.identity, "VM.Allocate", "/pool/\($0)") } == true
        let mayOverwrite = restoring && call.flag("force") && state.may(call.identity, "VM.Backup", "/vms/\(call.vmid)")
        if !mayAllocate, !mayOverwrite { throw .forbidden(nil) }
        try state.checkQuorum()
        if let pool = call["pool"] { _ = try state.pool(pool) }
        for (name, value) in call.parameters where GuestOptions.isDisk(name) {
            try state.checkDiskStorage(value, on: call.node)
        }
        for name in [call["storage"]]
            + call.parameters.filter({ GuestOptions.isNewDisk($0.key, $0.value) })
            .sorted(by: { $0.key < $1.key }).map({ String($0.value.prefix { $0 != ":" }) })
        {
            guard let name else { continue }
            let storage = try state.storage(name, on: call.node)
            let (content, what) = kind == .qemu ? ("images", "vm images") : ("rootdir", "container directories")
            if !storage.content.contains(content) {
                throw .parameter("storage", "storage '\(name)' does not support \(what)")
            }
            if !state.may(call.identity, "Datastore.AllocateSpace", "/storage/\(name)") {
                throw .forbidden("/storage/\(name), Datastore.AllocateSpace")
            }
        }
    }

    /// The guest whose place a forced restore takes; nil where the number is free.
    private static func overwritten(
        _ state: ClusterState, _ call: Call, _ kind: GuestKind, restoring: Bool
    ) throws(Refusal) -> SimulatedGuest? {
        guard let existing = state.guests[call.vmid] else { return nil }
        guard restoring, call.flag("force"), existing.kind == kind, existing.node == call.node else {
            let (new, old) = (kind == .qemu ? "VM" : "CT", existing.kind == .qemu ? "VM" : "CT")
            throw .failed(
                "unable to \(restoring ? "restore" : "create") \(new) \(call.vmid) - "
                    + "\(old) \(call.vmid) already exists on node '\(existing.node)'")
        }
        return existing
    }

    static func machine(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let restoring = call["archive"] != nil
        try admit(state, call, .qemu, restoring: restoring)
        if let existing = try overwritten(state, call, .qemu, restoring: restoring) {
            if existing.config.flag("protection") {
                throw .failed("unable to restore VM \(call.vmid) - protection mode enabled")
            }
        }
        if let archive = call["archive"] {
            guard let volume = state.volume(archive, on: call.node) else {
                throw .failed("volume '\(archive)' does not exist")
            }
            if volume.content == "backup", !Contents.mayRead(state, call.identity, volume) {
                throw .forbidden("/storage/\(volume.storage), Datastore.AllocateSpace")
            }
        }
        return state.spawn(restoring ? "qmrestore" : "qmcreate", for: call)
    }

    static func container(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let restoring = call.flag("restore")
        try admit(state, call, .lxc, restoring: restoring)
        if let existing = try overwritten(state, call, .lxc, restoring: restoring) {
            if existing.isRunning { throw .failed("can't overwrite running container") }
        }
        return state.spawn(restoring ? "vzrestore" : "vzcreate", for: call)
    }
}

/// Requests that end guests or change their disks.
enum Destruction {
    static func destroy(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        let guest = try state.guest(kind, call.vmid, on: call.node)
        let word = kind == .qemu ? "VM" : "CT"
        if guest.config.flag("protection") {
            throw .failed("can't remove \(word) \(guest.vmid) - protection mode enabled")
        }
        if guest.haState != nil, !call.flag("purge") {
            throw .failed("unable to remove \(word) \(guest.vmid) - used in HA resources and purge parameter not set.")
        }
        if kind == .lxc { try state.checkLock(guest) }
        if guest.isRunning, !call.flag("force") {
            throw .failed(
                kind == .qemu
                    ? "VM \(guest.vmid) is running - destroy failed"
                    : "unable to destroy CT \(guest.vmid) - container is running")
        }
        return state.spawn(kind == .qemu ? "qmdestroy" : "vzdestroy", for: call)
    }

    static func resize(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        let guest = try state.guest(kind, call.vmid, on: call.node)
        if let digest = call["digest"], digest != guest.digest {
            throw .failed(
                kind == .qemu
                    ? "checksum mismatch (file change by other user?)"
                    : "detected modified configuration - file changed by other user? Try again.")
        }
        guard Resize.target(call["size"] ?? "", from: 0) != nil else {
            throw .parameter("size", "value does not match the regex pattern")
        }
        if kind == .lxc {
            try state.checkLock(guest)
            let disk = call["disk"] ?? ""
            guard let value = guest.config[disk] else { throw .failed("disk '\(disk)' does not exist") }
            let old = DiskSize.of(value) ?? 0
            let new = Resize.target(call["size"] ?? "", from: old) ?? old
            if new < old { throw .failed("unable to shrink disk size") }
            if new == old { throw .failed("disk is already at specified size") }
        }
        return state.spawn("resize", for: call)
    }
}
