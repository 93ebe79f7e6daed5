// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let cloneTasks = [(GuestKind.qemu, "qm"), (.lxc, "vz")].flatMap { kind, prefix in
        [
            TaskBehaviour(
                prefix + "clone", begin: CloneTasks.begin(kind), finish: CloneTasks.finish(kind),
                interrupt: CloneTasks.interrupt),
            TaskBehaviour(
                prefix + "template", begin: CloneTasks.beginTemplate(kind), finish: CloneTasks.finishTemplate(kind)),
            TaskBehaviour(
                prefix + "destroy", begin: CloneTasks.beginDestroy(kind), finish: CloneTasks.finishDestroy(kind)),
        ]
    }
}

/// What tasks do that copy, freeze or remove guests.
enum CloneTasks {
    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let source = try state.unlockedGuest(of: upid, kind)
            guard let task = state.tasks[upid], let newID = task.integer("newid") else { return 0 }
            if let other = state.guests[newID] {
                let word = kind == .qemu ? "VM" : "CT"
                let text = "unable to create \(word) \(newID) - \(word) \(newID) already exists on node '\(other.node)'"
                throw TaskError("clone failed: " + text)
            }
            let full = task.flag("full")
            var copy = SimulatedGuest(
                kind, newID, node: task.parameters["target"] ?? source.node, config: GuestConfig())
            copy.config =
                task.parameters["snapname"].flatMap { name in
                    source.snapshots.first { $0.name == name }?.config
                } ?? source.config
            for key in ["template", "parent", "vmstate", "protection"] { copy.config[key] = nil }
            copy.lock = kind == .qemu ? "clone" : "create"
            copy.pool = task.parameters["pool"]
            for disk in state.disks(source) where !disk.key.hasPrefix("unused") {
                let volid = String(disk.value.prefix { $0 != "," })
                state.log(upid, "create \(full ? "full" : "linked") clone of drive \(disk.key) (\(volid))")
                if full {
                    let size = ByteText.of(DiskSize.of(disk.value) ?? 0)
                    state.log(upid, "transferred 0.0 B of \(size) (0.00%)")
                    state.log(upid, "transferred \(size) of \(size) (100.00%)")
                }
                copy.config[disk.key] = copyDisk(&state, disk, volid, to: copy, task)
            }
            state.guests[newID] = copy
            if kind == .lxc { state.guests[source.vmid]?.lock = "disk" }
            return full
                ? state.seconds(Durations.fullClone, copying: state.diskBytes(source)) : Durations.linkedClone
        }
    }

    private static func copyDisk(
        _ state: inout ClusterState, _ disk: (key: String, value: String, storage: SimulatedStorage), _ volid: String,
        to copy: SimulatedGuest, _ task: SimulatedTask
    ) -> String {
        let storage =
            task.parameters["storage"].flatMap { name in state.storages.first { $0.name == name } } ?? disk.storage
        let format = task.parameters["format"] ?? String(volid.split(separator: ".").last ?? "raw")
        let isFile = volid.contains(".") && storage.isFileBased
        var new = state.freeVolume(storage, copy.vmid, isFile ? format : "raw")
        let size = DiskSize.of(disk.value) ?? 0
        let name = new.drop { $0 != ":" }.dropFirst()
        if !task.flag("full") { new = "\(volid)/\(name)" }
        state.volumes.append(
            SimulatedVolume(
                new, node: storage.shared ? nil : copy.node, content: copy.kind == .qemu ? "images" : "rootdir",
                format: isFile ? format : "raw", size: size, vmid: copy.vmid, created: state.now))
        return new + disk.value.dropFirst(volid.count)
    }

    static func finish(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let source = try state.guest(of: upid, kind)
            guard let task = state.tasks[upid], let newID = task.integer("newid"), var copy = state.guests[newID] else {
                return
            }
            copy.lock = nil
            if kind == .qemu {
                copy.config["name"] =
                    task.parameters["name"] ?? "Copy-of-VM-\(source.config["name"] ?? "\(source.vmid)")"
                copy.config["smbios1"] = "uuid=\(state.numbers.uuid())"
                copy.config["vmgenid"] = state.numbers.uuid()
                copy.config["meta"] = "creation-qemu=9.2.0,ctime=\(Int(state.now))"
            } else {
                copy.config["hostname"] = task.parameters["hostname"] ?? "Copy-of-CT-\(source.displayName)"
                state.guests[source.vmid]?.lock = nil
            }
            if let description = task.parameters["description"] { copy.config["description"] = description }
            for key in copy.config.keys where key.hasPrefix("net") {
                copy.config[key] = HardwareAddress.renewed(copy.config[key] ?? "", &state.numbers)
            }
            state.guests[newID] = copy
        }
    }

    /// What there is of the copy goes.
    static func interrupt(_ state: inout ClusterState, _ upid: String) {
        guard let task = state.tasks[upid], let newID = task.integer("newid") else { return }
        if state.guests[newID]?.lock != nil { state.guests[newID] = nil }
        state.volumes.removeAll { $0.vmid == newID && $0.content != "backup" }
        if let source = task.vmid, state.guests[source]?.lock == "disk" { state.guests[source]?.lock = nil }
    }

    static func beginTemplate(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            _ = try state.unlockedGuest(of: upid, kind)
            return Durations.template
        }
    }

    static func finishTemplate(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let guest = try state.guest(of: upid, kind)
            state.guests[guest.vmid]?.config["template"] = "1"
            for disk in state.disks(guest) {
                let volid = String(disk.value.prefix { $0 != "," })
                let base = volid.replacing("vm-\(guest.vmid)-", with: "base-\(guest.vmid)-")
                state.guests[guest.vmid]?.config[disk.key] = base + disk.value.dropFirst(volid.count)
                for index in state.volumes.indices where state.volumes[index].volid == volid {
                    state.volumes[index].volid = base
                }
            }
        }
    }

    static func beginDestroy(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let guest = try state.unlockedGuest(of: upid, kind)
            if guest.isRunning, kind == .qemu { throw TaskError("VM \(guest.vmid) is running - destroy failed") }
            for disk in state.disks(guest) where guest.isTemplate {
                let volid = String(disk.value.prefix { $0 != "," })
                if state.guests.values.contains(where: { other in
                    other.vmid != guest.vmid && other.config.entries.contains { $0.value.hasPrefix(volid + "/") }
                }) || state.volumes.contains(where: { $0.volid.hasPrefix(volid + "/") }) {
                    throw TaskError("base volume '\(volid)' is still in use by linked cloned")
                }
            }
            if state.tasks[upid]?.flag("purge") == true {
                state.log(
                    upid, "purging \(kind == .qemu ? "VM" : "CT") \(guest.vmid) from related configurations..")
            }
            return Durations.destroy
        }
    }

    static func finishDestroy(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let guest = try state.guest(of: upid, kind)
            state.guests[guest.vmid] = nil
            let all = state.tasks[upid]?.flag("destroy-unreferenced-disks") == true
            let own = Set(guest.volumes)
            state.volumes.removeAll {
                $0.vmid == guest.vmid && $0.content != "backup" && (all || own.contains($0.volid))
            }
            state.grants.removeAll { $0.path == "/vms/\(guest.vmid)" }
        }
    }
}

extension SimulatedGuest {
    /// Every volume that the configuration or a snapshot names.
    var volumes: [String] {
        let configs = [config] + snapshots.map(\.config)
        return configs.flatMap(\.entries).filter { GuestOptions.isDisk($0.key) || $0.key == "vmstate" }
            .filter { !$0.value.contains("media=cdrom") }.map { String($0.value.prefix { $0 != "," }) }
    }
}

/// Sizes as logs write them.
enum ByteText {
    static func of(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

/// The address inside a network card's option.
enum HardwareAddress {
    static func renewed(_ card: String, _ numbers: inout RandomNumbers) -> String {
        var parts = card.split(separator: ",").map(String.init)
        for (index, part) in parts.enumerated() {
            guard let equals = part.firstIndex(of: "="), part.count(where: { $0 == ":" }) == 5 else { continue }
            parts[index] = String(part[...equals]) + numbers.hardwareAddress()
        }
        return parts.joined(separator: ",")
    }
}
