// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let containerPowerTasks = [
        TaskBehaviour("vzstart", begin: ContainerTasks.beginStart, finish: ContainerTasks.finishStart),
        TaskBehaviour("vzstop", begin: ContainerTasks.beginStop, finish: ContainerTasks.finishStop),
        TaskBehaviour("vzshutdown", begin: ContainerTasks.beginShutdown, finish: ContainerTasks.finishShutdown),
        TaskBehaviour("vzreboot", begin: ContainerTasks.beginShutdown, finish: ContainerTasks.finishReboot),
        TaskBehaviour("vzsuspend", begin: ContainerTasks.beginStop, finish: ContainerTasks.finishSuspend),
        TaskBehaviour("vzresume", begin: ContainerTasks.beginStop, finish: ContainerTasks.finishResume),
    ]
}

/// What power tasks of containers do (PVE::LXC).
enum ContainerTasks {
    static func beginStart(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let guest = try state.guest(of: upid, .lxc)
        if guest.isTemplate { throw TaskError("you can't start a CT if it's a template") }
        if guest.lock != "mounted" { _ = try state.unlockedGuest(of: upid, .lxc) }
        if guest.isRunning { throw TaskError("CT \(guest.vmid) already running") }
        return Durations.start
    }

    static func finishStart(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.boot(try state.guest(of: upid, .lxc).vmid)
    }

    static func beginStop(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let guest = try state.unlockedGuest(of: upid, .lxc)
        guard guest.isRunning else { throw TaskError("CT \(guest.vmid) not running") }
        return Durations.stop
    }

    static func finishStop(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.halt(try state.guest(of: upid, .lxc).vmid)
    }

    static func beginShutdown(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        _ = try beginStop(&state, upid)
        let guest = try state.guest(of: upid, .lxc)
        let timeout = Double(state.shutdownTimeout(upid, guest))
        return guest.ignoresShutdown ? timeout : min(Durations.shutdown, max(timeout, Durations.stop))
    }

    static func finishShutdown(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        let guest = try state.guest(of: upid, .lxc)
        if guest.ignoresShutdown, state.tasks[upid]?.flag("forceStop") != true {
            throw TaskError("container did not stop")
        }
        state.halt(guest.vmid)
    }

    /// Unlike a virtual machine's, a container's reboot is over when the container is up again, and it kills at need.
    static func finishReboot(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.boot(try state.guest(of: upid, .lxc).vmid)
    }

    static func finishSuspend(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.guests[try state.guest(of: upid, .lxc).vmid]?.power = .paused
    }

    static func finishResume(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.guests[try state.guest(of: upid, .lxc).vmid]?.power = .running
    }
}
