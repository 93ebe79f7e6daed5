// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let bulkTasks = [
        TaskBehaviour("startall", lock: .none, begin: BulkTasks.start, finish: BulkTasks.nothing),
        TaskBehaviour("stopall", lock: .none, begin: BulkTasks.stop, finish: BulkTasks.nothing),
        TaskBehaviour("migrateall", lock: .none, begin: BulkTasks.migrate, finish: BulkTasks.nothing),
    ]
}

/// What tasks do that start other tasks, one a guest.
enum BulkTasks {
    static func nothing(_ state: inout ClusterState, _ upid: String) throws(TaskError) {}

    private static func guests(_ state: ClusterState, _ upid: String) -> [SimulatedGuest] {
        guard let task = state.tasks[upid] else { return [] }
        let named = Set((task.parameters["vms"] ?? "").split { ",; ".contains($0) }.compactMap { Int($0) })
        return state.guestList.filter {
            $0.node == task.node && !$0.isTemplate && (named.isEmpty || named.contains($0.vmid))
        }
    }

    private static func spawn(
        _ state: inout ClusterState, _ upid: String, _ guest: SimulatedGuest, _ type: String,
        _ parameters: [String: String] = [:]
    ) {
        let prefix = guest.kind == .qemu ? "qm" : "vz"
        let name = type == "migrate" && guest.kind == .qemu ? "qmigrate" : prefix + type
        state.spawn(
            name, id: String(guest.vmid), node: guest.node, vmid: guest.vmid,
            by: state.tasks[upid]?.owner ?? "root@pam",
            parameters: parameters)
    }

    private static func word(_ guest: SimulatedGuest) -> String { guest.kind == .qemu ? "VM" : "CT" }

    static func start(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let named = state.tasks[upid]?.parameters["vms"] != nil
        var count = 0
        for guest in guests(state, upid) where !guest.isRunning && (named || guest.config.flag("onboot")) {
            state.log(upid, "Starting \(word(guest)) \(guest.vmid)")
            spawn(&state, upid, guest, "start")
            count += 1
        }
        return count == 0 ? 0 : Durations.start + 0.5
    }

    static func stop(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let timeout = state.tasks[upid]?.integer("timeout") ?? 180
        let force = state.tasks[upid]?.parameters["force-stop"] ?? "1"
        var slow = 0.0
        for guest in guests(state, upid) where guest.isRunning {
            state.log(upid, "Stopping \(word(guest)) \(guest.vmid) (timeout = \(timeout) seconds)")
            spawn(&state, upid, guest, "shutdown", ["timeout": String(timeout), "forceStop": force])
            slow = max(slow, guest.ignoresShutdown ? Double(timeout) : Durations.shutdown)
        }
        return slow == 0 ? 0 : slow + 0.5
    }

    static func migrate(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let target = state.tasks[upid]?.parameters["target"] ?? ""
        for guest in guests(state, upid) {
            state.log(upid, "Migrating \(word(guest)) \(guest.vmid)")
            spawn(
                &state, upid, guest, "migrate",
                [
                    "target": target, "online": "1", "restart": "1",
                    "with-local-disks": state.tasks[upid]?.parameters["with-local-disks"] ?? "0",
                ])
        }
        return Durations.onlineMigration + 0.5
    }
}
