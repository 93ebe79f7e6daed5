// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let snapshotTasks = [(GuestKind.qemu, "qm"), (.lxc, "vz")].flatMap { kind, prefix in
        [
            TaskBehaviour(
                prefix + "snapshot", begin: SnapshotTasks.beginTake(kind), finish: SnapshotTasks.finishTake(kind)),
            TaskBehaviour(
                prefix + "delsnapshot", begin: SnapshotTasks.beginDelete(kind), finish: SnapshotTasks.finishDelete(kind)
            ),
            TaskBehaviour(
                prefix + "rollback", begin: SnapshotTasks.beginRollback(kind),
                finish: SnapshotTasks.finishRollback(kind)),
        ]
    }
}

/// What tasks do with snapshots (PVE::AbstractConfig).
enum SnapshotTasks {
    private static func name(_ state: ClusterState, _ upid: String) -> String {
        state.tasks[upid]?.parameters["snapname"] ?? ""
    }

    static func beginTake(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let guest = try state.guest(of: upid, kind)
            let name = name(state, upid)
            if guest.isTemplate { throw TaskError("you can't take a snapshot if it's a template") }
            _ = try state.unlockedGuest(of: upid, kind)
            if guest.snapshots.contains(where: { $0.name == name }) {
                throw TaskError("snapshot name '\(name)' already used")
            }
            if !state.canSnapshot(guest) { throw TaskError("snapshot feature is not available") }
            let withMemory = kind == .qemu && guest.isRunning && state.tasks[upid]?.flag("vmstate") == true
            var snapshot = SimulatedSnapshot(
                name, time: state.now, description: state.tasks[upid]?.parameters["description"] ?? "",
                parent: guest.config["parent"], withMemory: withMemory, config: guest.config, state: "prepare")
            snapshot.config["parent"] = nil
            if withMemory {
                let volid = state.allocateState(of: guest, name)
                let storage = volid.prefix { $0 != ":" }
                snapshot.config["vmstate"] = volid
                state.log(upid, "saving VM state and RAM using storage '\(storage)'")
                let size = GuestFigures(guest: guest, now: state.now).usedMemory / 1_048_576
                state.log(upid, "completed saving the VM state in 1s, saved \(size) MiB")
            }
            for disk in state.disks(guest) where !disk.key.hasPrefix("unused") && kind == .qemu {
                state.log(upid, "snapshotting 'drive-\(disk.key)' (\(disk.value.prefix { $0 != "," }))")
            }
            state.guests[guest.vmid]?.lock = "snapshot"
            state.guests[guest.vmid]?.snapshots.append(snapshot)
            return withMemory
                ? state.seconds(
                    Durations.memorySnapshot, copying: GuestFigures(guest: guest, now: state.now).memory)
                : Durations.snapshot
        }
    }

    static func finishTake(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let vmid = try state.guest(of: upid, kind).vmid
            let name = name(state, upid)
            for index in state.guests[vmid]?.snapshots.indices ?? 0..<0
            where state.guests[vmid]?.snapshots[index].name == name {
                state.guests[vmid]?.snapshots[index].state = nil
            }
            state.guests[vmid]?.lock = nil
            state.guests[vmid]?.config["parent"] = name
        }
    }

    private static func find(
        _ state: ClusterState, _ upid: String, _ kind: GuestKind
    ) throws(TaskError) -> (SimulatedGuest, SimulatedSnapshot) {
        let guest = try state.guest(of: upid, kind)
        let name = name(state, upid)
        guard let snapshot = guest.snapshots.first(where: { $0.name == name }) else {
            throw TaskError("snapshot '\(name)' does not exist")
        }
        return (guest, snapshot)
    }

    static func beginDelete(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            _ = try state.unlockedGuest(of: upid, kind)
            let (guest, _) = try find(state, upid, kind)
            state.guests[guest.vmid]?.lock = "snapshot-delete"
            return Durations.deleteSnapshot
        }
    }

    static func finishDelete(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let (found, snapshot) = try find(state, upid, kind)
            var guest = found
            guest.snapshots.removeAll { $0.name == snapshot.name }
            for index in guest.snapshots.indices where guest.snapshots[index].parent == snapshot.name {
                guest.snapshots[index].parent = snapshot.parent
            }
            if guest.config["parent"] == snapshot.name { guest.config["parent"] = snapshot.parent }
            guest.lock = nil
            state.guests[guest.vmid] = guest
            if let file = snapshot.config["vmstate"] { state.volumes.removeAll { $0.volid == file } }
        }
    }

    static func beginRollback(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let (guest, snapshot) = try find(state, upid, kind)
            if let left = snapshot.state {
                throw TaskError("unable to rollback to incomplete snapshot (snapstate = \(left))")
            }
            if guest.isTemplate { throw TaskError("you can't rollback if VM is a template") }
            _ = try state.unlockedGuest(of: upid, kind)
            try checkLinear(state, guest, snapshot)
            state.guests[guest.vmid]?.lock = "rollback"
            state.halt(guest.vmid)
            return Durations.rollback
        }
    }

    /// On ZFS a volume goes back to its newest snapshot only.
    private static func checkLinear(
        _ state: ClusterState, _ guest: SimulatedGuest, _ snapshot: SimulatedSnapshot
    ) throws(TaskError) {
        guard guest.snapshots.last?.name != snapshot.name,
            let disk = state.disks(guest).first(where: { $0.storage.plugin.hasPrefix("zfs") })
        else { return }
        let volid = disk.value.prefix { $0 != "," }
        throw TaskError("can't rollback, '\(snapshot.name)' is not most recent snapshot on '\(volid)'")
    }

    static func finishRollback(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let (guest, snapshot) = try find(state, upid, kind)
            var config = snapshot.config
            config["vmstate"] = nil
            config["parent"] = snapshot.name
            state.guests[guest.vmid]?.config = config
            state.guests[guest.vmid]?.lock = nil
            if snapshot.withMemory {
                state.boot(guest.vmid)
            } else if state.tasks[upid]?.flag("start") == true {
                state.spawn(
                    kind == .qemu ? "qmstart" : "vzstart", id: String(guest.vmid), node: guest.node, vmid: guest.vmid,
                    by: state.tasks[upid]?.owner ?? "root@pam")
            }
        }
    }
}

extension ClusterState {
    /// Makes the volume that takes a machine's memory, where the machine keeps its state or its first disk.
    mutating func allocateState(of guest: SimulatedGuest, _ name: String) -> String {
        let wanted = guest.config["vmstatestorage"]
        let storage = storages.first { $0.name == wanted } ?? disks(guest).first?.storage ?? storages.first
        let file = "vm-\(guest.vmid)-state-\(name)"
        let isFile = storage?.isFileBased ?? true
        let volid = "\(storage?.name ?? "local"):" + (isFile ? "\(guest.vmid)/\(file).raw" : file)
        // Room for the whole memory twice and a little, as much as may change while it is written.
        let size = GuestFigures(guest: guest, now: now).memory * 2 + 524_288_000
        volumes.append(
            SimulatedVolume(
                volid, node: storage?.shared == true ? nil : guest.node, content: "images", format: "raw",
                size: size, vmid: guest.vmid, created: now))
        return volid
    }
}
