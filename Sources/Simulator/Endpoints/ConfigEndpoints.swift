// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let configPrivileges = [
        "VM.Config.Disk", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network",
        "VM.Config.HWType", "VM.Config.Options", "VM.Config.Cloudinit",
    ]

    static let configEndpoints =
        both { kind in
            let base = "nodes/{node}/\(kind.rawValue)/{vmid}"
            let audit = Endpoint.Access.privilege("/vms/{vmid}", ["VM.Audit"])
            return [
                Endpoint(
                    "GET", "\(base)/config", audit,
                    takes: [.flag("current"), .string("snapshot", length: 40, .configID)]
                ) { (state, call) throws(Refusal) in try Config.show(state, call, kind) },
                Endpoint("GET", "\(base)/pending", audit) { (state, call) throws(Refusal) in
                    try Config.pending(state, call, kind)
                },
            ]
        } + [
            Endpoint(
                "PUT", "nodes/{node}/qemu/{vmid}/config", .privilege("/vms/{vmid}", configPrivileges), protected: true,
                takes: Config.parameters + [.flag("force"), .flag("skiplock")], options: .qemu,
                handler: Config.put(.qemu)),
            Endpoint(
                "POST", "nodes/{node}/qemu/{vmid}/config", .privilege("/vms/{vmid}", configPrivileges),
                protected: true,
                takes: Config.parameters + [
                    .flag("force"), .flag("skiplock"), .integer("background_delay", 1..., maximum: 30),
                ], options: .qemu, handler: Config.post),
            Endpoint(
                "PUT", "nodes/{node}/lxc/{vmid}/config",
                .privilege(
                    "/vms/{vmid}",
                    [
                        "VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network",
                        "VM.Config.Options",
                    ]),
                protected: true, takes: Config.parameters, options: .lxc, handler: Config.put(.lxc)),
        ]
}

/// Reading and changing guests' configurations.
enum Config {
    static let parameters: [Parameter] = [
        .string("delete", .configIDList), .string("revert", .configIDList), .string("digest", length: 40),
    ]

    private static let control: Set<String> = [
        "node", "vmid", "delete", "revert", "digest", "force", "skiplock", "background_delay",
    ]

    static func json(_ guest: SimulatedGuest, _ config: GuestConfig) -> JSONObject {
        let options = GuestOptions.of(guest.kind)
        return JSONObject(config.entries.map { ($0.key, options.json($0.key, $0.value)) })
    }

    static func show(_ state: ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        if let name = call["snapshot"] {
            if call.flag("current") {
                throw .parameter("snapshot", "cannot use 'snapshot' parameter with 'current'")
            }
            guard let snapshot = guest.snapshots.first(where: { $0.name == name }) else {
                throw .failed("snapshot '\(name)' does not exist")
            }
            var object = json(guest, snapshot.config)
            object["digest"] = .string(guest.digest)
            return Reply(.object(object))
        }
        var config = guest.config
        if call.flag("current") { for (key, value) in guest.live { config[key] = value } }
        var object = json(guest, config)
        if let lock = guest.lock { object["lock"] = .string(lock) }
        object["digest"] = .string(guest.digest)
        return Reply(.object(object))
    }

    static func pending(_ state: ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        let options = GuestOptions.of(kind)
        var rows: [JSONValue] = []
        for key in Set(guest.config.keys).union(guest.live.keys).sorted() {
            var row = JSONObject([("key", .string(key))])
            let wanted = guest.config[key]
            if let old = guest.live[key] {
                if let old { row["value"] = options.json(key, old) }
                if let wanted { row["pending"] = options.json(key, wanted) } else { row["delete"] = 1 }
            } else if let wanted {
                row["value"] = options.json(key, wanted)
            }
            rows.append(.object(row))
        }
        if let lock = guest.lock { rows.append(["key": "lock", "value": .string(lock)]) }
        rows.append(["key": "digest", "value": .string(guest.digest)])
        return Reply(.array(rows))
    }

    static func put(_ kind: GuestKind) -> Endpoint.Handler {
        return { (state, call) throws(Refusal) in
            let change = try check(&state, call, kind)
            if state.isFlocked(call.vmid) { throw .flocked(kind, call.vmid) }
            let guest = try state.guest(kind, call.vmid, on: call.node)
            try checkDigest(guest, call)
            if !call.flag("skiplock") { try state.checkLock(guest) }
            if !state.quorate {
                throw .failed("unable to open file '/etc/pve/\(guest.configPath).tmp.31025' - Permission denied")
            }
            try state.apply(change, to: call.vmid)
            return .null
        }
    }

    static func post(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let change = try check(&state, call, .qemu)
        let guest = try state.guest(.qemu, call.vmid, on: call.node)
        try checkDigest(guest, call)
        var parameters = Dictionary(change.set.map { ("set " + $0.0, $0.1) }, uniquingKeysWith: { $1 })
        parameters["delete"] = change.delete.joined(separator: ",")
        parameters["skiplock"] = call["skiplock"]
        parameters["force"] = call["force"]
        let line = change.set.map { "-\($0.0) \($0.1)" } + change.delete.map { "-delete \($0)" }
        let upid = state.spawn(
            "qmconfig", id: String(call.vmid), node: call.node, vmid: call.vmid, by: call.identity.description,
            parameters: parameters, log: ["update VM \(call.vmid): \(line.joined(separator: " "))"])
        guard call["background_delay"] != nil, state.tasks[upid]?.phase != .waitingForLock else {
            return Reply(.string(upid))
        }
        // It takes less than the shortest delay that can be asked for.
        state.finishTask(upid)
        if let exit = state.tasks[upid]?.exit, exit != "OK" {
            throw .failed("failed to update VM \(call.vmid): \(exit)")
        }
        return .null
    }

    private static func checkDigest(_ guest: SimulatedGuest, _ call: Call) throws(Refusal) {
        guard let digest = call["digest"], digest != guest.digest else { return }
        throw .failed(
            guest.kind == .qemu
                ? "checksum mismatch (file change by other user?)"
                : "detected modified configuration - file changed by other user? Try again.")
    }

    /// What a request changes, after the checks that need no lock.
    private static func check(
        _ state: inout ClusterState, _ call: Call, _ kind: GuestKind
    ) throws(Refusal) -> ConfigChange {
        try state.rootOnly(call, ["skiplock"])
        let given = call.order.filter { !control.contains($0) }
        let delete = call.list("delete")
        let revert = call.list("revert")
        if given.isEmpty, delete.isEmpty, revert.isEmpty { throw .failed("no options specified") }
        let options = GuestOptions.of(kind)
        for name in delete where options.parameter(name) == nil && !state.isTwin {
            throw .parameter("delete", "unknown option '\(name)'")
        }
        for name in given + delete + revert { try checkPrivilege(state, call, name, kind) }
        _ = try state.guest(kind, call.vmid, on: call.node)
        var change = ConfigChange(delete: delete, revert: revert, force: call.flag("force"))
        for name in given { change.set.append((name, call[name] ?? "")) }
        for (name, value) in change.set where GuestOptions.isDisk(name) {
            try state.checkDiskStorage(value, on: call.node)
        }
        return change
    }

    private static func checkPrivilege(
        _ state: ClusterState, _ call: Call, _ name: String, _ kind: GuestKind
    ) throws(Refusal) {
        if call.identity.isRoot { return }
        guard let privilege = GuestOptions.privilege(name) else {
            throw .failed("only root can set '\(name)' config")
        }
        try state.demand(call.identity, privilege, "/vms/\(call.vmid)")
    }
}

/// What shall be different in a configuration.
struct ConfigChange: Sendable {
    var set: [(String, String)] = []
    var delete: [String] = []
    var revert: [String] = []
    /// Whether the volumes of deleted disks go too.
    var force = false
}
