// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let backupTasks = [
        TaskBehaviour("vzdump", lock: .nodeBackup, begin: BackupTasks.begin, finish: BackupTasks.finish)
    ]
}

/// What tasks do with backups (PVE::VZDump).
enum BackupTasks {
    private static func guests(_ state: ClusterState, _ upid: String) -> [Int] {
        (state.tasks[upid]?.parameters["vmids"] ?? "").split(separator: ",").compactMap { Int($0) }
    }

    static func begin(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let task = state.tasks[upid] else { return 0 }
        let name = task.parameters["storage"] ?? "local"
        guard let storage = state.storages.first(where: { $0.name == name }), storage.serves(task.node) else {
            let text = "storage '\(name)' does not exist"
            throw TaskError(
                "could not activate storage '\(name)': \(text) could not get storage information for '\(name)': \(text)"
            )
        }
        let identity = Identity(
            user: task.user, token: task.token, separated: state.isSeparated(task.user, task.token))
        for vmid in guests(state, upid) where !state.may(identity, "VM.Backup", "/vms/\(vmid)") {
            throw TaskError("403 Permission check failed (/vms/\(vmid), VM.Backup)")
        }
        state.log(upid, "INFO: starting new backup job: \(task.parameters["headline"] ?? "vzdump")")
        for vmid in guests(state, upid) {
            guard let guest = state.guests[vmid], guest.lock == nil else { continue }
            state.guests[vmid]?.lock = "backup"
            // A stopped machine is booted, processors still, for the length of its backup.
            if guest.kind == .qemu, !guest.isRunning {
                state.guests[vmid]?.power = .prelaunch
                state.guests[vmid]?.startedAt = state.now
            }
        }
        return Durations.backup * Double(max(1, guests(state, upid).count))
    }

    static func finish(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid] else { return }
        var failed = false
        for vmid in guests(state, upid) {
            guard let guest = state.guests[vmid], guest.lock == "backup" else {
                let cause =
                    state.guests[vmid].map { "VM is locked (\($0.lock ?? ""))" }
                    ?? "unable to find VM '\(vmid)'"
                state.log(upid, "ERROR: Backup of VM \(vmid) failed - \(cause)")
                failed = true
                continue
            }
            save(&state, upid, task, guest)
        }
        if failed {
            state.log(upid, "INFO: Backup job finished with errors")
            throw TaskError("job errors")
        }
        state.log(upid, "INFO: Backup job finished successfully")
    }

    private static func save(
        _ state: inout ClusterState, _ upid: String, _ task: SimulatedTask, _ guest: SimulatedGuest
    ) {
        let kind = guest.kind
        state.log(upid, "INFO: Starting Backup of VM \(guest.vmid) (\(kind.rawValue))")
        state.log(upid, "INFO: Backup started at \(CalendarDate(task.start).log)")
        state.log(
            upid, "INFO: status = \(guest.power == .prelaunch ? "stopped" : guest.isRunning ? "running" : "stopped")")
        state.log(upid, "INFO: backup mode: \(task.parameters["mode"] ?? "snapshot")")
        state.log(upid, "INFO: \(kind == .qemu ? "VM" : "CT") Name: \(guest.displayName)")
        let ending =
            ["zstd": ".zst", "gzip": ".gz", "1": ".lzo", "lzo": ".lzo"][task.parameters["compress"] ?? "0"] ?? ""
        let format = (kind == .qemu ? "vma" : "tar") + ending
        let storage = task.parameters["storage"] ?? "local"
        let time = CalendarDate(state.now - 0.5).fileName
        let volid = "\(storage):backup/vzdump-\(kind.rawValue)-\(guest.vmid)-\(time).\(format)"
        let shared = state.storages.first { $0.name == storage }?.shared ?? false
        let size = max(1_048_576, GuestFigures(guest: guest, now: state.now).diskSize / 20)
        var notes = task.parameters["notes-template"]?.replacing("{{guestname}}", with: guest.displayName)
        notes = notes?.replacing("{{vmid}}", with: String(guest.vmid)).replacing("{{node}}", with: guest.node)
        state.volumes.append(
            SimulatedVolume(
                volid, node: shared ? nil : task.node, content: "backup", format: format, size: size, vmid: guest.vmid,
                created: state.now, notes: notes, protected: task.flag("protected"), backedUp: guest.config))
        state.log(upid, "INFO: creating vzdump archive '\(volid)'")
        state.log(upid, "INFO: archive file size: \(ByteText.of(size))")
        state.log(upid, "INFO: Finished Backup of VM \(guest.vmid) (00:00:10)")
        state.guests[guest.vmid]?.lock = nil
        if guest.power == .prelaunch { state.halt(guest.vmid) }
    }
}

extension ClusterState {
    func isSeparated(_ user: String, _ token: String?) -> Bool {
        users.first { $0.id == user }?.tokens.first { $0.id == token }?.separated ?? false
    }
}
