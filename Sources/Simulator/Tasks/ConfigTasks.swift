// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let configTasks = [
        TaskBehaviour("qmconfig", begin: ConfigTasks.begin, finish: ConfigTasks.finish),
        TaskBehaviour("resize", begin: ConfigTasks.beginResize, finish: ConfigTasks.finishResize),
    ]
}

/// What tasks do that change a configuration or a disk in place.
enum ConfigTasks {
    static func begin(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        _ = try state.unlockedGuest(of: upid, .qemu)
        return Durations.config
    }

    static func finish(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let vmid = task.vmid else { return }
        var change = ConfigChange()
        for (key, value) in task.parameters.sorted(by: { $0.key < $1.key }) where key.hasPrefix("set ") {
            change.set.append((String(key.dropFirst(4)), value))
        }
        change.delete = (task.parameters["delete"] ?? "").split(separator: ",").map(String.init)
        change.force = task.flag("force")
        do throws(Refusal) { try state.apply(change, to: vmid) } catch { throw TaskError(error) }
    }

    private static func kind(_ state: ClusterState, _ upid: String) -> GuestKind {
        state.tasks[upid]?.vmid.flatMap { state.guests[$0]?.kind } ?? .qemu
    }

    static func beginResize(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let guest = try state.unlockedGuest(of: upid, kind(state, upid))
        let disk = state.tasks[upid]?.parameters["disk"] ?? ""
        guard let value = guest.config[disk] else { throw TaskError("disk '\(disk)' does not exist") }
        let old = DiskSize.of(value) ?? 0
        let new = Resize.target(state.tasks[upid]?.parameters["size"] ?? "", from: old) ?? old
        if new < old { throw TaskError("shrinking disks is not supported") }
        if !guest.isRunning || guest.kind == .lxc { state.log(upid, "Image resized.") }
        return Durations.resize
    }

    static func finishResize(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        let guest = try state.guest(of: upid, kind(state, upid))
        let disk = state.tasks[upid]?.parameters["disk"] ?? ""
        guard let value = guest.config[disk] else { return }
        let old = DiskSize.of(value) ?? 0
        let new = Resize.target(state.tasks[upid]?.parameters["size"] ?? "", from: old) ?? old
        state.guests[guest.vmid]?.config[disk] = DiskSize.replacing(value, new)
        let volid = String(value.prefix { $0 != "," })
        for index in state.volumes.indices where state.volumes[index].volid == volid { state.volumes[index].size = new }
    }
}

/// The size that a resize asks for.
enum Resize {
    static func target(_ text: String, from old: Int) -> Int? {
        let relative = text.hasPrefix("+")
        guard let size = DiskSize.parse(relative ? String(text.dropFirst()) : text) else { return nil }
        let sum = relative ? old.addingReportingOverflow(size) : (size, false)
        return sum.1 ? nil : sum.0
    }
}
