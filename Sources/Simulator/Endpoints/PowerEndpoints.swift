// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let power = Endpoint.Access.privilege("/vms/{vmid}", ["VM.PowerMgmt"])

    private static func row(
        _ kind: GuestKind, _ action: String, _ parameters: [Parameter], _ handler: @escaping Endpoint.Handler
    ) -> Endpoint {
        Endpoint(
            "POST", "nodes/{node}/\(kind.rawValue)/{vmid}/status/\(action)", power, protected: true,
            takes: parameters, handler: handler)
    }

    static let powerEndpoints = [
        row(
            .qemu, "start",
            [
                .string("force-cpu"), .string("machine"), .string("migratedfrom", .node), .string("migration_network"),
                .choice("migration_type", ["secure", "insecure"]), .string("nets-host-mtu"), .flag("skiplock"),
                .string("stateuri", length: 128), .string("targetstorage"), .integer("timeout", 0...),
            ], MachinePower.start),
        row(
            .qemu, "stop",
            [
                .flag("keepActive"), .string("migratedfrom", .node), .flag("overrule-shutdown"), .flag("skiplock"),
                .integer("timeout", 0...),
            ], MachinePower.stop),
        row(
            .qemu, "shutdown",
            [.flag("forceStop"), .flag("keepActive"), .flag("skiplock"), .integer("timeout", 0...)],
            MachinePower.shutdown),
        row(.qemu, "reboot", [.integer("timeout", 0...)], MachinePower.reboot),
        row(.qemu, "reset", [.flag("skiplock")], MachinePower.reset),
        row(
            .qemu, "suspend",
            [.flag("skiplock"), .string("statestorage", .storageID, needs: "todisk"), .flag("todisk")],
            MachinePower.suspend),
        row(.qemu, "resume", [.flag("nocheck"), .flag("skiplock")], MachinePower.resume),
        row(.lxc, "start", [.flag("debug"), .flag("skiplock")], ContainerPower.start),
        row(.lxc, "stop", [.flag("overrule-shutdown"), .flag("skiplock")], ContainerPower.stop),
        row(.lxc, "shutdown", [.flag("forceStop"), .integer("timeout", 0...)], ContainerPower.shutdown),
        row(.lxc, "reboot", [.integer("timeout", 0...)], ContainerPower.reboot),
        row(.lxc, "suspend", [], ContainerPower.suspend),
        row(.lxc, "resume", [], ContainerPower.resume),
    ]
}

extension ClusterState {
    /// Starts a guest's task for a call and answers with its name.
    mutating func spawn(_ type: String, for call: Call) -> Reply {
        let upid = spawn(
            type, id: String(call.vmid), node: call.node, vmid: call.vmid, by: call.identity.description,
            parameters: call.parameters)
        return Reply(.string(upid))
    }

    /// Whether HA looks after the guest, so that power requests go to its manager.
    func isManaged(_ vmid: Int) -> Bool {
        guard let state = guests[vmid]?.haState else { return false }
        return state != "ignored"
    }
}

/// Power requests to virtual machines: nearly all checks are the task's.
enum MachinePower {
    static func start(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(
            call,
            ["stateuri", "skiplock", "migratedfrom", "migration_type", "migration_network", "targetstorage"])
        try state.checkQuorum()
        return state.spawn(state.isManaged(call.vmid) ? "hastart" : "qmstart", for: call)
    }

    static func stop(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock", "keepActive", "migratedfrom"])
        let managed = state.isManaged(call.vmid)
        if call.flag("overrule-shutdown") {
            if managed { throw .parameter("overrule-shutdown", "Not applicable for HA resources.") }
            state.abortShutdowns(call.vmid)
        }
        return state.spawn(managed ? "hastop" : "qmstop", for: call)
    }

    static func shutdown(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock", "keepActive"])
        if state.guests[call.vmid]?.power == .paused, !call.flag("forceStop") {
            throw .failed("VM is paused - cannot shutdown")
        }
        guard state.isManaged(call.vmid) else { return state.spawn("qmshutdown", for: call) }
        var gentle = call
        gentle.parameters["timeout"] = call["timeout"] ?? String(Durations.shutdownTimeout)
        return state.spawn("hastop", for: gentle)
    }

    static func reboot(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        if state.guests[call.vmid]?.power == .paused { throw .failed("VM is paused - cannot shutdown") }
        try demandRunning(state, call)
        return state.spawn("qmreboot", for: call)
    }

    static func reset(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        try demandRunning(state, call)
        return state.spawn("qmreset", for: call)
    }

    static func suspend(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        try demandRunning(state, call)
        guard call.flag("todisk") else { return state.spawn("qmpause", for: call) }
        try state.demand(call.identity, "VM.Config.Disk", "/vms/\(call.vmid)")
        if state.isManaged(call.vmid) { throw .failed("Cannot suspend HA managed VM to disk") }
        return state.spawn("qmsuspend", for: call)
    }

    static func resume(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        let guest = try state.guest(.qemu, call.vmid, on: call.node)
        if !guest.isRunning, guest.lock != "suspended" { throw .failed("VM \(call.vmid) not running") }
        return state.spawn("qmresume", for: call)
    }

    private static func demandRunning(_ state: ClusterState, _ call: Call) throws(Refusal) {
        let guest = try state.guest(.qemu, call.vmid, on: call.node)
        if !guest.isRunning { throw .failed("VM \(call.vmid) not running") }
    }
}

/// Power requests to containers: the state is checked before the task, and only on this node.
enum ContainerPower {
    private static func runs(_ state: ClusterState, _ call: Call) -> Bool {
        guard let guest = state.guests[call.vmid], guest.kind == .lxc, guest.node == call.node else { return false }
        return guest.isRunning
    }

    static func start(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        if runs(state, call) { throw .failed("CT \(call.vmid) already running") }
        try state.checkQuorum()
        return state.spawn(state.isManaged(call.vmid) ? "hastart" : "vzstart", for: call)
    }

    static func stop(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["skiplock"])
        if !runs(state, call) { throw .failed("CT \(call.vmid) not running") }
        let managed = state.isManaged(call.vmid)
        if call.flag("overrule-shutdown") {
            if managed { throw .parameter("overrule-shutdown", "Not applicable for HA resources.") }
            state.abortShutdowns(call.vmid)
        }
        return state.spawn(managed ? "hastop" : "vzstop", for: call)
    }

    static func shutdown(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        if !runs(state, call) { throw .failed("CT \(call.vmid) not running") }
        guard state.isManaged(call.vmid) else { return state.spawn("vzshutdown", for: call) }
        var gentle = call
        gentle.parameters["timeout"] = call["timeout"] ?? String(Durations.shutdownTimeout)
        return state.spawn("hastop", for: gentle)
    }

    static func reboot(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        // The word VM is Proxmox's own slip (PVE::API2::LXC::Status).
        if !runs(state, call) { throw .failed("VM \(call.vmid) not running") }
        return state.spawn("vzreboot", for: call)
    }

    static func suspend(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        if !runs(state, call) { throw .failed("CT \(call.vmid) not running") }
        return state.spawn("vzsuspend", for: call)
    }

    static func resume(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        if !runs(state, call) { throw .failed("CT \(call.vmid) not running") }
        return state.spawn("vzresume", for: call)
    }
}

extension ClusterState {
    /// Ends running shutdown tasks of a guest, as `overrule-shutdown` asks.
    mutating func abortShutdowns(_ vmid: Int) {
        for upid in taskOrder {
            guard let task = tasks[upid], task.vmid == vmid, task.phase != .ended else { continue }
            if ["qmshutdown", "vzshutdown"].contains(task.type) { end(upid, "received interrupt") }
        }
    }
}
