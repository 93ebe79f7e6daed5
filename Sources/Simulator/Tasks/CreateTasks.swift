// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let createTasks = [
        TaskBehaviour("qmcreate", begin: CreateTasks.begin(.qemu), finish: CreateTasks.finish),
        TaskBehaviour("vzcreate", begin: CreateTasks.begin(.lxc), finish: CreateTasks.finish),
        TaskBehaviour("qmrestore", begin: RestoreTasks.begin(.qemu), finish: RestoreTasks.finish),
        TaskBehaviour("vzrestore", begin: RestoreTasks.begin(.lxc), finish: RestoreTasks.finish),
    ]
}

/// What tasks do that make guests, new or from a backup.
enum CreateTasks {
    static let control: Set<String> = [
        "vmid", "node", "archive", "ostemplate", "force", "pool", "start", "storage", "unique", "bwlimit", "restore",
        "password", "ssh-public-keys", "live-restore", "ignore-unpack-errors", "import-working-storage",
    ]

    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            guard let task = state.tasks[upid], let vmid = task.vmid else { return 0 }
            let word = kind == .qemu ? "VM" : "CT"
            if let other = state.guests[vmid] {
                throw TaskError(
                    "unable to create \(word) \(vmid) - \(word) \(vmid) already exists on node '\(other.node)'")
            }
            if kind == .lxc, let template = task.parameters["ostemplate"], state.volume(template, on: task.node) == nil
            {
                throw TaskError("unable to create CT \(vmid) - volume '\(template)' does not exist")
            }
            var guest = SimulatedGuest(kind, vmid, node: task.node, config: GuestConfig())
            guest.pool = task.parameters["pool"]
            do throws(Refusal) { try fill(&state, &guest, task) } catch {
                throw TaskError("unable to create \(word) \(vmid) - \(error.text)")
            }
            for disk in state.disks(guest) {
                let volid = String(disk.value.prefix { $0 != "," })
                if let line = state.formattingLine(volid) { state.log(upid, line) }
                if kind == .qemu { state.log(upid, "\(disk.key): successfully created disk '\(disk.value)'") }
            }
            if kind == .lxc, let template = task.parameters["ostemplate"] {
                state.log(upid, "extracting archive '\(template)'")
            }
            guest.lock = "create"
            state.guests[vmid] = guest
            return Durations.create
        }
    }

    private static func fill(
        _ state: inout ClusterState, _ guest: inout SimulatedGuest, _ task: SimulatedTask
    ) throws(Refusal) {
        for (key, value) in task.parameters.sorted(by: { $0.key < $1.key }) where !control.contains(key) {
            guest.config[key] = try state.completed(key, value, guest)
        }
        if guest.kind == .qemu {
            let disks = guest.config.keys.filter { GuestOptions.isDisk($0) }
            let cards = guest.config.keys.filter { $0.hasPrefix("net") && Int($0.dropFirst(3)) != nil }
            if guest.config["boot"] == nil { guest.config["boot"] = "order=" + (disks + cards).joined(separator: ";") }
            guest.config["meta"] = "creation-qemu=9.2.0,ctime=\(Int(state.now))"
            if guest.config["smbios1"] == nil { guest.config["smbios1"] = "uuid=\(state.numbers.uuid())" }
            if guest.config["vmgenid"] == nil { guest.config["vmgenid"] = state.numbers.uuid() }
            return
        }
        for (key, value) in [("arch", "amd64"), ("memory", "512"), ("swap", "512"), ("ostype", "debian")]
        where guest.config[key] == nil {
            guest.config[key] = value
        }
        if guest.config["rootfs"] == nil {
            let storage = task.parameters["storage"] ?? "local"
            guest.config["rootfs"] = try state.completed("rootfs", "\(storage):4", guest)
        }
    }

    static func finish(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let vmid = task.vmid, let guest = state.guests[vmid] else { return }
        state.guests[vmid]?.lock = nil
        guard task.flag("start") else { return }
        state.spawn(
            guest.kind == .qemu ? "qmstart" : "vzstart", id: String(vmid), node: task.node, vmid: vmid, by: task.owner)
    }
}
