// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension TaskBehaviour {
    static let migrateTasks = [(GuestKind.qemu, "qmigrate"), (.lxc, "vzmigrate")].map { kind, name in
        TaskBehaviour(
            name, begin: MigrateTasks.begin(kind), finish: MigrateTasks.finish(kind),
            interrupt: MigrateTasks.interrupt)
    }
}

/// What tasks do that move guests; the configuration changes nodes at the very end (PVE::AbstractMigrate).
enum MigrateTasks {
    private static func say(_ state: inout ClusterState, _ upid: String, _ text: String) {
        state.log(upid, "\(CalendarDate(state.now).log) \(text)")
    }

    private static func abort(_ state: inout ClusterState, _ upid: String, _ cause: String) -> TaskError {
        say(&state, upid, "ERROR: migration aborted (duration 00:00:00): \(cause)")
        return TaskError("migration aborted")
    }

    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let guest = try state.unlockedGuest(of: upid, kind)
            guard let task = state.tasks[upid], let name = task.parameters["target"], let target = state.node(name)
            else { return 0 }
            guard target.online, !target.sshBroken else {
                throw abort(&state, upid, "Can't connect to destination address using public key")
            }
            if kind == .lxc, guest.isRunning, task.flag("online"), !task.flag("restart") {
                throw abort(&state, upid, "lxc live migration is currently not implemented")
            }
            if guest.migrationFault == .aborts {
                state.guests[guest.vmid]?.migrationFault = nil
                throw abort(&state, upid, "simulated fault before anything was moved")
            }
            let word = kind == .qemu ? "VM" : "CT"
            if kind == .lxc, guest.isRunning { say(&state, upid, "shutdown CT \(guest.vmid)") }
            say(&state, upid, "starting migration of \(word) \(guest.vmid) to node '\(name)' (\(target.address))")
            if kind == .qemu { try scan(&state, upid, guest, task) }
            if state.hasLocalDisks(guest) { say(&state, upid, "copying local disk images") }
            state.guests[guest.vmid]?.lock = "migrate"
            state.tasks[upid]?.parameters["was running"] = guest.isRunning ? "1" : "0"
            if kind == .lxc, guest.isRunning { state.halt(guest.vmid) }
            let local = state.diskBytes(guest, onlyLocal: true)
            guard kind == .qemu, guest.isRunning else {
                return state.seconds(Durations.offlineMigration, copying: local)
            }
            say(&state, upid, "starting online/live migration on unix:/run/qemu-server/\(guest.vmid).migrate")
            return state.migrationSeconds(guest) / 2
        }
    }

    /// Looks at a machine's devices and volumes, as the first phase of a migration does.
    private static func scan(
        _ state: inout ClusterState, _ upid: String, _ guest: SimulatedGuest, _ task: SimulatedTask
    ) throws(TaskError) {
        let devices = guest.localDevices
        if !devices.isEmpty {
            throw abort(
                &state, upid, "can't migrate VM which uses local devices: \(devices.joined(separator: ", "))")
        }
        let locals = state.localVolumes(guest)
        for volume in locals where volume.row["is_attached"] == 1 && volume.row["cdrom"] == 0 {
            say(&state, upid, "found local disk '\(volume.volid)' (attached)")
        }
        var trouble: String?
        if let cdrom = locals.first(where: { $0.row["cdrom"] == 1 }) {
            say(&state, upid, "can't migrate local cdrom '\(cdrom.volid)'")
            trouble = "can't migrate VM - check log"
        }
        for disk in state.disks(guest) where disk.storage.plugin == "lvmthin" && !guest.snapshots.isEmpty {
            say(
                &state, upid,
                "can't migrate local disk '\(disk.value.prefix { $0 != "," })': "
                    + "non-migratable snapshot exists")
            trouble = "can't migrate VM - check log"
        }
        if trouble == nil, guest.isRunning, state.hasLocalDisks(guest), !task.flag("with-local-disks") {
            trouble = "can't live migrate attached local disks without with-local-disks option"
        }
        if let trouble { throw abort(&state, upid, "Problem found while scanning volumes - \(trouble)") }
    }

    static func finish(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let guest = try state.guest(of: upid, kind)
            guard let task = state.tasks[upid], let target = task.parameters["target"] else { return }
            if kind == .qemu, task.flag("was running"), !task.flag("half way") {
                let memory = GuestFigures(guest: guest, now: state.now).memory
                say(
                    &state, upid,
                    "migration active, transferred \(ByteText.of(memory / 2)) of \(ByteText.of(memory)) VM-state, "
                        + "110.0 MiB/s")
                state.tasks[upid]?.parameters["half way"] = "1"
                let rest = state.migrationSeconds(guest) / 2
                state.tasks[upid]?.again = rest
                return
            }
            let fault = guest.migrationFault
            state.guests[guest.vmid]?.migrationFault = nil
            state.guests[guest.vmid]?.lock = nil
            guard state.node(target)?.online == true, fault != .stays else {
                if kind == .lxc, task.flag("was running") { state.boot(guest.vmid) }
                say(&state, upid, "ERROR: online migrate failure - aborting")
                say(&state, upid, "ERROR: migration finished with problems (duration 00:00:10)")
                throw TaskError("migration problems")
            }
            move(
                &state, guest, target, StorageMap(task.parameters["targetstorage"] ?? task.parameters["target-storage"])
            )
            // A container is stopped here and started there.
            if kind == .lxc, task.flag("was running") {
                say(&state, upid, "start container on target node")
                state.boot(guest.vmid)
            }
            if fault == .moves {
                say(&state, upid, "ERROR: removing local copies failed - simulated fault after the guest was moved")
                say(&state, upid, "ERROR: migration finished with problems (duration 00:00:10)")
                throw TaskError("migration problems")
            }
            say(&state, upid, "migration finished successfully (duration 00:00:03)")
        }
    }

    /// Takes the configuration and the volumes that only the old node has to the new one.
    private static func move(
        _ state: inout ClusterState, _ guest: SimulatedGuest, _ target: String, _ map: StorageMap
    ) {
        let volids =
            state.disks(guest).filter { !$0.storage.shared }.map { ($0.key, String($0.value.prefix { $0 != "," })) }
            + guest.snapshots.compactMap { $0.config["vmstate"] }.map { ("", $0) }
        state.guests[guest.vmid]?.node = target
        for (key, volid) in volids {
            guard
                let index = state.volumes.firstIndex(where: { $0.volid == volid && $0.node == guest.node }),
                let storage = state.storages.first(where: { $0.name == map.target(state.volumes[index].storage) })
            else { continue }
            state.volumes[index].node = storage.shared ? nil : target
            guard storage.name != state.volumes[index].storage, !key.isEmpty else { continue }
            let format = storage.isFileBased && guest.kind == .qemu ? "qcow2" : "raw"
            let new = state.freeVolume(storage, guest.vmid, format)
            state.volumes[index].volid = new
            state.volumes[index].format = format
            if let old = guest.config[key] { state.guests[guest.vmid]?.config[key] = new + old.dropFirst(volid.count) }
        }
    }

    static func interrupt(_ state: inout ClusterState, _ upid: String) {
        guard let task = state.tasks[upid], let vmid = task.vmid else { return }
        say(&state, upid, "ERROR: migration aborted (duration 00:00:01): interrupted by signal")
        if state.guests[vmid]?.lock == "migrate" { state.guests[vmid]?.lock = nil }
        if task.flag("was running"), state.guests[vmid]?.isRunning == false { state.boot(vmid) }
    }
}
