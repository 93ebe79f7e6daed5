// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The file that a guest's backup becomes.
struct BackupArchive {
    let guest: SimulatedGuest
    let task: SimulatedTask
    private(set) var started: Double

    /// The file that a task has begun.
    init(_ guest: SimulatedGuest, _ task: SimulatedTask) {
        self.guest = guest
        self.task = task
        started = task.parameters["begun"].flatMap(Double.init) ?? task.start
    }

    /// A file whose name nothing has yet: names tell seconds apart, and time may go faster here.
    init(free state: ClusterState, _ guest: SimulatedGuest, _ task: SimulatedTask) {
        self.init(guest, task)
        started = state.now
        while state.volume("\(storage):backup/\(name)", on: task.node) != nil { started += 1 }
    }

    var storage: String { task.parameters["storage"] ?? "local" }

    private var format: String {
        let endings = ["zstd": ".zst", "gzip": ".gz", "1": ".lzo", "lzo": ".lzo"]
        return (guest.kind == .qemu ? "vma" : "tar") + (endings[task.parameters["compress"] ?? "0"] ?? "")
    }

    var name: String {
        "vzdump-\(guest.kind.rawValue)-\(guest.vmid)-\(CalendarDate(started).fileName).\(format)"
    }

    /// The notes as the template makes them (PVE::VZDump, `generate_notes`).
    private func notes(_ cluster: String) -> String? {
        guard var text = task.parameters["notes-template"] else { return nil }
        let values = [
            "cluster": cluster, "guestname": guest.displayName, "node": task.node, "vmid": String(guest.vmid),
        ]
        for (name, value) in values { text = text.replacing("{{\(name)}}", with: value) }
        return text.replacing("\\n", with: "\n").replacing("\\\\", with: "\\")
    }

    func save(_ state: inout ClusterState, _ upid: String) {
        let shared = state.storages.first { $0.name == storage }?.shared ?? false
        let whole = state.disks(guest).reduce(0) { $0 + (DiskSize.of($1.value) ?? 0) }
        let size = max(1_048_576, whole / 20)
        if guest.kind == .qemu {
            for percent in [36, 74, 100] {
                let done = ByteText.of(whole / 100 * percent)
                state.log(
                    upid,
                    "INFO: \(percent < 100 ? " " : "")\(percent)% (\(done) of \(ByteText.of(whole))) "
                        + "in \(percent / 10)s, read: 1.0 GiB/s, write: 51.2 MiB/s")
            }
        }
        var config = guest.config
        for key in ["parent", "vmstate"] { config[key] = nil }
        let notes = notes(state.name)
        state.volumes.append(
            SimulatedVolume(
                "\(storage):backup/\(name)", node: shared ? nil : task.node, content: "backup", format: format,
                size: size, vmid: guest.vmid, created: started, notes: notes, protected: task.flag("protected"),
                backedUp: config))
        state.log(upid, "INFO: archive file size: \(ByteText.of(size))")
        if notes != nil { state.log(upid, "INFO: adding notes to backup") }
        if task.flag("protected") { state.log(upid, "INFO: marking backup as protected") }
    }

    /// Older backups of the guest go, where the request or the storage says which to keep.
    func prune(_ state: inout ClusterState, _ upid: String) {
        let standard = state.storages.first { $0.name == storage }?.retention ?? ""
        guard (task.parameters["remove"] ?? "1") == "1",
            let rule = Retention(task.parameters["prune-backups"] ?? standard), !rule.keepsAll
        else { return }
        state.log(upid, "INFO: prune older backups with retention: \(rule.text)")
        let marked = state.pruned(storage, on: task.node, rule, type: guest.kind.rawValue, vmid: guest.vmid)
        let removed = marked.filter { $0.mark == .remove }.map(\.volume)
        for volume in removed {
            state.log(upid, "INFO: removing backup '\(volume.volid)'")
            state.volumes.removeAll { $0 == volume }
        }
        state.log(upid, "INFO: pruned \(removed.count) backup(s) not covered by keep-retention policy")
    }
}
