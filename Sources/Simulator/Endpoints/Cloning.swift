// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// Requests that copy guests or freeze them into templates.
enum Cloning {
    static func clone(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let newID = call.integer("newid") ?? 0
        if let pool = call["pool"] {
            if !state.may(call.identity, "VM.Allocate", "/vms/\(newID)"),
                !state.may(call.identity, "VM.Allocate", "/pool/\(pool)")
            {
                throw .forbidden(nil)
            }
            _ = try state.pool(pool)
        } else {
            try state.demand(call.identity, "VM.Allocate", "/vms/\(newID)")
        }
        let guest = try state.guest(kind, call.vmid, on: call.node)
        try state.checkQuorum()
        try state.checkLock(guest)
        if let target = call["target"] { try checkTarget(state, guest, target) }
        if let name = call["snapname"], !guest.snapshots.contains(where: { $0.name == name }) {
            throw .failed("snapshot '\(name)' does not exist")
        }
        let full = call["full"].map { $0 == "1" } ?? !guest.isTemplate
        if kind == .lxc, full, guest.isRunning, call["snapname"] == nil {
            throw .failed("Cannot do full clones on a running container without snapshots")
        }
        if !full, call["storage"] != nil { throw .failed("parameter 'storage' not allowed for linked clones") }
        if !full, call["format"] != nil { throw .failed("parameter 'format' not allowed for linked clones") }
        if let storage = call["storage"] { _ = try state.storage(storage, on: call["target"] ?? call.node) }
        if let existing = state.guests[newID], existing.node == call.node {
            throw .failed("unable to create \(kind == .qemu ? "VM" : "CT") \(newID): config file already exists")
        }
        if !full, !guest.isTemplate, let disk = state.disks(guest).first {
            throw .failed(
                "Linked clone feature is not supported for '\(disk.value.prefix { $0 != "," })' (\(disk.key))")
        }
        var task = call
        task.parameters["full"] = full ? "1" : "0"
        return state.spawn(kind == .qemu ? "qmclone" : "vzclone", for: task)
    }

    private static func checkTarget(
        _ state: ClusterState, _ guest: SimulatedGuest, _ target: String
    ) throws(Refusal) {
        guard state.node(target) != nil else { throw .failed("no such cluster node '\(target)'") }
        if target != guest.node, state.hasLocalDisks(guest) {
            throw .failed("can't clone VM to node '\(target)' (VM uses local storage)")
        }
    }

    static func template(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        let word = kind == .qemu ? "VM" : "CT"
        try state.checkLock(guest)
        if !guest.snapshots.isEmpty {
            throw .failed("unable to create template, because \(word) contains snapshots")
        }
        if guest.isTemplate { throw .failed("you can't convert a template to a template") }
        if guest.isRunning { throw .failed("you can't convert a \(word) to template if \(word) is running") }
        let reply = state.spawn(kind == .qemu ? "qmtemplate" : "vztemplate", for: call)
        // A container's answer is declared null although a task was started (PVE::API2::LXC).
        return kind == .qemu ? reply : .null
    }
}
