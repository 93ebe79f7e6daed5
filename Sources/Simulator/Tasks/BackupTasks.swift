// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let backupTasks = [
        TaskBehaviour(
            "vzdump", lock: .nodeBackup, begin: BackupTasks.begin, finish: BackupTasks.finish,
            interrupt: BackupTasks.interrupt)
    ]
}

/// What backup tasks do: one guest after another, each locked while its turn lasts (PVE::VZDump).
enum BackupTasks {
    static func begin(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let task = state.tasks[upid] else { return 0 }
        let vmids = (task.parameters["vmids"] ?? "").split(separator: ",").compactMap { Int($0) }
        try checkStorage(state, task)
        let identity = Identity(
            user: task.user, token: task.token, separated: state.isSeparated(task.user, task.token))
        for vmid in vmids where !state.may(identity, "VM.Backup", "/vms/\(vmid)") {
            throw TaskError("403 Permission check failed (/vms/\(vmid), VM.Backup)")
        }
        state.log(upid, "INFO: starting new backup job: \(task.parameters["headline"] ?? "vzdump")")
        state.tasks[upid]?.queue = vmids
        return startNext(&state, upid) ?? 0
    }

    private static func checkStorage(_ state: ClusterState, _ task: SimulatedTask) throws(TaskError) {
        let name = task.parameters["storage"] ?? "local"
        let storage: SimulatedStorage
        do throws(Refusal) { storage = try state.storage(name, on: task.node) } catch {
            throw TaskError(
                "could not activate storage '\(name)': \(error.text) "
                    + "could not get storage information for '\(name)': \(error.text)")
        }
        if !storage.content.contains("backup") {
            throw TaskError(
                "could not get storage information for '\(name)': "
                    + "can't use storage '\(name)' for backups - wrong content type")
        }
    }

    static func finish(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        if let vmid = state.tasks[upid]?.queue.first {
            state.tasks[upid]?.queue.removeFirst()
            complete(&state, upid, vmid)
        }
        if let seconds = startNext(&state, upid) {
            state.tasks[upid]?.again = seconds
        } else if state.tasks[upid]?.failures ?? 0 > 0 {
            state.log(upid, "INFO: Backup job finished with errors")
            throw TaskError("job errors")
        } else {
            state.log(upid, "INFO: Backup job finished successfully")
        }
    }

    static func interrupt(_ state: inout ClusterState, _ upid: String) {
        guard let vmid = state.tasks[upid]?.queue.first else { return }
        state.log(upid, "ERROR: Backup of VM \(vmid) failed - interrupted by signal")
        release(&state, upid, vmid)
    }

    /// Begins with the next guest that can be backed up; nil where none is left.
    private static func startNext(_ state: inout ClusterState, _ upid: String) -> Double? {
        while let task = state.tasks[upid], let vmid = task.queue.first {
            if let cause = obstacle(state, task, vmid) {
                announce(&state, upid, vmid)
                fail(&state, upid, vmid, cause)
                state.tasks[upid]?.queue.removeFirst()
                continue
            }
            announce(&state, upid, vmid)
            prepare(&state, upid, vmid)
            return state.seconds(
                Durations.backup, copying: state.guests[vmid].map { state.diskBytes($0) } ?? 0)
        }
        return nil
    }

    /// Why a guest cannot be backed up at all.
    private static func obstacle(_ state: ClusterState, _ task: SimulatedTask, _ vmid: Int) -> String? {
        guard let guest = state.guests[vmid] else { return "unable to find VM '\(vmid)'" }
        do throws(Refusal) { try state.checkLock(guest) } catch { return error.text }
        if task.parameters["mode"] == "stop", guest.isRunning, guest.haState == "started" {
            return "Cannot execute a backup with stop mode on a HA managed and enabled Service. "
                + "Use snapshot mode or disable the Service."
        }
        return nil
    }

    private static func announce(_ state: inout ClusterState, _ upid: String, _ vmid: Int) {
        guard let guest = state.guests[vmid], let task = state.tasks[upid] else { return }
        let mode = task.parameters["mode"] ?? "snapshot"
        let isMachine = guest.kind == .qemu
        let lines = [
            "INFO: Starting Backup of VM \(vmid) (\(guest.kind.rawValue))",
            "INFO: Backup started at \(CalendarDate(state.now).log)",
            "INFO: status = \(guest.isRunning ? "running" : "stopped")", "INFO: backup mode: \(mode)",
            "INFO: ionice priority: 7", "INFO: \(isMachine ? "VM" : "CT") Name: \(guest.displayName)",
        ]
        for line in lines { state.log(upid, line) }
        for disk in state.disks(guest) where isMachine && !disk.key.hasPrefix("unused") {
            let volid = disk.value.prefix { $0 != "," }
            state.log(
                upid, "INFO: include disk '\(disk.key)' '\(volid)' \(DiskSize.text(DiskSize.of(disk.value) ?? 0))")
        }
        if !isMachine { state.log(upid, "INFO: including mount point rootfs ('/') in backup") }
        if !isMachine, guest.isRunning, mode == "snapshot", !state.canSnapshot(guest) {
            state.log(upid, "INFO: mode failure - some volumes do not support snapshots")
            state.log(upid, "INFO: trying 'suspend' mode instead")
        }
    }

    /// Locks the guest and brings it into the state that its backup takes.
    private static func prepare(_ state: inout ClusterState, _ upid: String, _ vmid: Int) {
        guard let guest = state.guests[vmid], let task = state.tasks[upid] else { return }
        state.tasks[upid]?.parameters["power"] = guest.power.rawValue
        state.guests[vmid]?.lock = "backup"
        let archive = BackupArchive(free: state, guest, task)
        state.tasks[upid]?.parameters["begun"] = String(archive.started)
        let path = state.storages.first { $0.name == archive.storage }?.path ?? "/var/lib/vz"
        state.log(upid, "INFO: creating vzdump archive '\(path)/dump/\(archive.name)'")
        let stops = task.parameters["mode"] == "stop"
        switch (guest.kind, guest.isRunning) {
        case (.qemu, false):
            // A stopped machine is booted, processors still, for the length of its backup.
            state.guests[vmid]?.power = .prelaunch
            state.guests[vmid]?.startedAt = state.now
            state.log(upid, "INFO: starting kvm to execute backup task")
        case (.qemu, true) where stops:
            state.log(upid, "INFO: stopping virtual guest")
            state.boot(vmid)
            state.log(upid, "INFO: resuming VM again after 1 seconds")
        case (.lxc, true) where stops:
            state.log(upid, "INFO: stopping virtual guest")
            state.halt(vmid)
        default: break
        }
    }

    /// Gives the guest back its lock and its former state.
    private static func release(_ state: inout ClusterState, _ upid: String, _ vmid: Int) {
        guard let guest = state.guests[vmid] else { return }
        if guest.lock == "backup" { state.guests[vmid]?.lock = nil }
        if guest.power == .prelaunch {
            state.log(upid, "INFO: stopping kvm after backup task")
            state.halt(vmid)
        } else if guest.kind == .lxc, !guest.isRunning, state.tasks[upid]?.parameters["power"] == "running" {
            state.log(upid, "INFO: restarting vm")
            state.boot(vmid)
        }
    }

    private static func fail(_ state: inout ClusterState, _ upid: String, _ vmid: Int, _ cause: String) {
        state.tasks[upid]?.failures += 1
        state.log(upid, "ERROR: Backup of VM \(vmid) failed - \(cause)")
        state.log(upid, "INFO: Failed at \(CalendarDate(state.now).log)")
    }

    private static func complete(_ state: inout ClusterState, _ upid: String, _ vmid: Int) {
        guard let guest = state.guests[vmid], let task = state.tasks[upid] else { return }
        if let cause = guest.backupFailure {
            state.log(upid, "ERROR: \(cause)")
            state.log(upid, "INFO: aborting backup job")
            release(&state, upid, vmid)
            return fail(&state, upid, vmid, cause)
        }
        let archive = BackupArchive(guest, task)
        archive.save(&state, upid)
        release(&state, upid, vmid)
        archive.prune(&state, upid)
        state.log(upid, "INFO: Finished Backup of VM \(vmid) (00:00:10)")
        state.log(upid, "INFO: Backup finished at \(CalendarDate(state.now).log)")
    }
}

extension ClusterState {
    func isSeparated(_ user: String, _ token: String?) -> Bool {
        users.first { $0.id == user }?.tokens.first { $0.id == token }?.separated ?? false
    }
}
