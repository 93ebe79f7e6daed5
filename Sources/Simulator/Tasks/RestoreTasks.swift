// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What tasks do that make a guest of a backup, or put one back (PVE::QemuServer, PVE::LXC::Create).
enum RestoreTasks {
    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            guard let task = state.tasks[upid], let vmid = task.vmid else { return 0 }
            let word = kind == .qemu ? "VM" : "CT"
            let archive = task.parameters["archive"] ?? task.parameters["ostemplate"] ?? ""
            guard let volume = state.volume(archive, on: task.node) else {
                throw TaskError("unable to restore \(word) \(vmid) - volume '\(archive)' does not exist")
            }
            guard volume.content == "backup", volume.subtype == kind.rawValue, let saved = volume.backedUp else {
                throw TaskError("unable to restore \(word) \(vmid) - archive contains no configuration file")
            }
            let former = state.guests[vmid]
            if let former { try checkFormer(state, former, word) }
            state.log(upid, "recovering backed-up configuration from '\(archive)'")
            var guest = SimulatedGuest(kind, vmid, node: task.node, config: saved)
            for key in ["parent", "vmstate"] { guest.config[key] = nil }
            guest.pool = task.parameters["pool"] ?? former?.pool
            guest.haState = former?.haState
            guest.lock = "create"
            let places = try places(state, guest, task, word)
            if former != nil { state.volumes.removeAll { $0.vmid == vmid && $0.content != "backup" } }
            for (disk, storage) in places { allocate(&state, upid, &guest, disk, storage, task) }
            do throws(Refusal) { try override(&state, &guest, task) } catch { throw TaskError(error) }
            state.guests[vmid] = guest
            state.log(upid, "restoring '\(archive)' now..")
            return state.seconds(Durations.restore, copying: state.diskBytes(guest))
        }
    }

    private static func checkFormer(
        _ state: ClusterState, _ former: SimulatedGuest, _ word: String
    ) throws(TaskError) {
        if former.isRunning { throw TaskError("unable to restore \(word) \(former.vmid) - vm is running") }
        if former.config.flag("protection") {
            throw TaskError("unable to restore \(word) \(former.vmid) - protection mode enabled")
        }
        do throws(Refusal) { try state.checkLock(former) } catch { throw TaskError(error) }
    }

    /// Where each disk goes: to the storage asked for, else to where it was.
    private static func places(
        _ state: ClusterState, _ guest: SimulatedGuest, _ task: SimulatedTask, _ word: String
    ) throws(TaskError) -> [(disk: (key: String, value: String), storage: SimulatedStorage)] {
        var result: [(disk: (key: String, value: String), storage: SimulatedStorage)] = []
        let content = guest.kind == .qemu ? "images" : "rootdir"
        for entry in guest.config.entries where GuestOptions.isDisk(entry.key) && !entry.key.hasPrefix("unused") {
            guard entry.value.contains(":"), !entry.value.contains("media=cdrom") else { continue }
            let name = task.parameters["storage"] ?? String(entry.value.prefix { $0 != ":" })
            let storage: SimulatedStorage
            do throws(Refusal) { storage = try state.storage(name, on: task.node) } catch {
                throw TaskError("unable to restore \(word) \(guest.vmid) - \(error.text)")
            }
            if !storage.content.contains(content) {
                throw TaskError(
                    "unable to restore \(word) \(guest.vmid) - "
                        + "storage '\(name)' does not support content-type '\(content)'")
            }
            result.append(((entry.key, entry.value), storage))
        }
        return result
    }

    private static func allocate(
        _ state: inout ClusterState, _ upid: String, _ guest: inout SimulatedGuest,
        _ disk: (key: String, value: String),
        _ storage: SimulatedStorage, _ task: SimulatedTask
    ) {
        let format = storage.isFileBased && guest.kind == .qemu ? "qcow2" : "raw"
        let size = DiskSize.of(disk.value) ?? 0
        let volid = state.freeVolume(storage, guest.vmid, format)
        state.volumes.append(
            SimulatedVolume(
                volid, node: storage.shared ? nil : task.node, content: guest.kind == .qemu ? "images" : "rootdir",
                format: format, size: size, vmid: guest.vmid, created: state.now))
        if let line = state.formattingLine(volid) { state.log(upid, line) }
        let options = disk.value.drop { $0 != "," }
        guest.config[disk.key] = DiskSize.replacing(volid + options, size)
    }

    /// Options of the request win over those of the backup.
    private static func override(
        _ state: inout ClusterState, _ guest: inout SimulatedGuest, _ task: SimulatedTask
    ) throws(Refusal) {
        for (key, value) in task.parameters.sorted(by: { $0.key < $1.key })
        where !CreateTasks.control.contains(key) && !GuestOptions.isDisk(key) {
            guest.config[key] = try state.completed(key, value, guest)
        }
    }

    static func finish(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let vmid = task.vmid, let guest = state.guests[vmid] else { return }
        if guest.kind == .qemu { state.guests[vmid]?.config["vmgenid"] = state.numbers.uuid() }
        if task.flag("unique") {
            if guest.kind == .qemu { state.guests[vmid]?.config["smbios1"] = "uuid=\(state.numbers.uuid())" }
            for key in guest.config.keys where key.hasPrefix("net") {
                let card = guest.config[key] ?? ""
                state.guests[vmid]?.config[key] = HardwareAddress.renewed(card, &state.numbers)
            }
        }
        try CreateTasks.finish(&state, upid)
    }
}
