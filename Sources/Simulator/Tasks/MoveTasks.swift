// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let moveTasks = [(GuestKind.qemu, "qmmove"), (.lxc, "move_volume")].map { kind, name in
        TaskBehaviour(
            name, begin: MoveTasks.begin(kind), finish: MoveTasks.finish(kind),
            interrupt: { state, upid in
                guard let vmid = state.tasks[upid]?.vmid, state.guests[vmid]?.lock == "disk" else { return }
                state.guests[vmid]?.lock = nil
            })
    }
}

/// What tasks do that bring a disk to another storage, or give it to another guest.
enum MoveTasks {
    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let guest = try state.unlockedGuest(of: upid, kind)
            guard let task = state.tasks[upid], let name = task.parameters["disk"],
                let value = guest.config[name]
            else { return 0 }
            if task.parameters["slot"] != nil { return Durations.config }
            let volid = value.prefix { $0 != "," }
            let size = ByteText.of(DiskSize.of(value) ?? 0)
            state.log(upid, "create full clone of drive \(name) (\(volid))")
            if guest.isRunning {
                state.log(upid, "drive mirror is starting for drive-\(name)")
                state.log(upid, "drive-\(name): transferred 0.0 B of \(size) (0.00%) in 0s")
            } else {
                state.log(upid, "transferred 0.0 B of \(size) (0.00%)")
            }
            if kind == .lxc { state.guests[guest.vmid]?.lock = "disk" }
            return state.seconds(Durations.fullClone, copying: DiskSize.of(value) ?? 0)
        }
    }

    static func finish(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let guest = try state.guest(of: upid, kind)
            guard let task = state.tasks[upid], let name = task.parameters["disk"],
                let value = guest.config[name]
            else { return }
            if kind == .lxc { state.guests[guest.vmid]?.lock = nil }
            let volid = String(value.prefix { $0 != "," })
            if let slot = task.parameters["slot"] {
                return give(&state, guest, name, volid, slot, to: task.integer("target-vmid") ?? 0)
            }
            guard let storage = state.storages.first(where: { $0.name == task.parameters["storage"] }) else { return }
            let format =
                storage.isFileBased ? task.parameters["format"] ?? (kind == .qemu ? "qcow2" : "raw") : "raw"
            let new = state.freeVolume(storage, guest.vmid, format)
            let size = DiskSize.of(value) ?? 0
            state.volumes.append(
                SimulatedVolume(
                    new, node: storage.shared ? nil : guest.node, content: kind == .qemu ? "images" : "rootdir",
                    format: format, size: size, vmid: guest.vmid, created: state.now))
            let text = ByteText.of(size)
            state.log(
                upid,
                guest.isRunning
                    ? "drive-\(name): transferred \(text) of \(text) (100.00%) in 5s, ready"
                    : "transferred \(text) of \(text) (100.00%)")
            state.guests[guest.vmid]?.config[name] = new + value.dropFirst(volid.count)
            if task.flag("delete") {
                state.volumes.removeAll { $0.volid == volid && ($0.node == nil || $0.node == guest.node) }
            } else if var config = state.guests[guest.vmid]?.config {
                state.keepUnused(volid, &config)
                state.guests[guest.vmid]?.config = config
            }
        }
    }

    private static func give(
        _ state: inout ClusterState, _ guest: SimulatedGuest, _ name: String, _ volid: String, _ slot: String,
        to vmid: Int
    ) {
        guard let storage = state.storages.first(where: { volid.hasPrefix($0.name + ":") }),
            let index = state.volumes.firstIndex(where: { $0.volid == volid }), state.guests[vmid] != nil
        else { return }
        let new = state.freeVolume(storage, vmid, state.volumes[index].format)
        state.volumes[index].volid = new
        state.volumes[index].vmid = vmid
        let options = (guest.config[name] ?? "").dropFirst(volid.count)
        state.guests[guest.vmid]?.config[name] = nil
        state.guests[vmid]?.config[slot] = new + options
    }
}
