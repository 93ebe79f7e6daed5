// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let diskTasks = [
        TaskBehaviour("qmmove", begin: DiskTasks.begin(.qemu), finish: DiskTasks.finish(.qemu)),
        TaskBehaviour("move_volume", begin: DiskTasks.begin(.lxc), finish: DiskTasks.finish(.lxc)),
    ]
}

/// What tasks do that move disks.
enum DiskTasks {
    private static func key(_ task: SimulatedTask?) -> String {
        task?.parameters["disk"] ?? task?.parameters["volume"] ?? ""
    }

    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let guest = try state.unlockedGuest(of: upid, kind)
            let key = key(state.tasks[upid])
            guard let value = guest.config[key] else { throw TaskError("disk '\(key)' does not exist") }
            let size = ByteText.of(DiskSize.of(value) ?? 0)
            state.log(upid, "create full clone of drive \(key) (\(value.prefix { $0 != "," }))")
            state.log(upid, "transferred 0.0 B of \(size) (0.00%)")
            state.log(upid, "transferred \(size) of \(size) (100.00%)")
            return Durations.fullClone
        }
    }

    static func finish(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            var guest = try state.guest(of: upid, kind)
            let task = state.tasks[upid]
            let key = key(task)
            guard let value = guest.config[key],
                let storage = state.storages.first(where: { $0.name == task?.parameters["storage"] })
            else { return }
            let old = String(value.prefix { $0 != "," })
            let isFile = storage.isFileBased && kind == .qemu
            let format = isFile ? task?.parameters["format"] ?? "qcow2" : "raw"
            let new = state.freeVolume(storage, guest.vmid, format)
            state.volumes.append(
                SimulatedVolume(
                    new, node: storage.shared ? nil : guest.node, content: kind == .qemu ? "images" : "rootdir",
                    format: format, size: DiskSize.of(value) ?? 0, vmid: guest.vmid, created: state.now))
            guest.config[key] = new + value.dropFirst(old.count)
            if task?.flag("delete") == true {
                state.volumes.removeAll { $0.volid == old }
            } else {
                let free = (0..<256).first { guest.config["unused\($0)"] == nil } ?? 0
                guest.config["unused\(free)"] = old
            }
            state.guests[guest.vmid] = guest
        }
    }
}
