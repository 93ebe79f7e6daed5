// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let migrateTasks = [
        TaskBehaviour("qmigrate", begin: MigrateTasks.begin(.qemu), finish: MigrateTasks.finish(.qemu)),
        TaskBehaviour("vzmigrate", begin: MigrateTasks.begin(.lxc), finish: MigrateTasks.finish(.lxc)),
    ]
}

/// What tasks do that move guests; the configuration changes nodes at the very end (PVE::AbstractMigrate).
enum MigrateTasks {
    private static func say(_ state: inout ClusterState, _ upid: String, _ text: String) {
        state.log(upid, "\(CalendarDate(state.now).log) \(text)")
    }

    private static func abort(_ state: inout ClusterState, _ upid: String, _ cause: String) -> TaskError {
        say(&state, upid, "ERROR: migration aborted (duration 00:00:00): \(cause)")
        return TaskError("migration aborted")
    }

    static func begin(_ kind: GuestKind) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            let guest = try state.unlockedGuest(of: upid, kind)
            guard let task = state.tasks[upid], let name = task.parameters["target"], let target = state.node(name)
            else { return 0 }
            guard target.online, !target.sshBroken else {
                throw abort(&state, upid, "Can't connect to destination address using public key")
            }
            let word = kind == .qemu ? "VM" : "CT"
            if kind == .lxc, guest.isRunning, task.flag("online"), !task.flag("restart") {
                throw abort(&state, upid, "lxc live migration is currently not implemented")
            }
            say(&state, upid, "starting migration of \(word) \(guest.vmid) to node '\(name)' (\(target.address))")
            let locals = state.disks(guest).filter { !$0.storage.shared }
            for disk in locals {
                say(&state, upid, "found local disk '\(disk.value.prefix { $0 != "," })' (attached)")
            }
            if kind == .qemu, guest.isRunning, !locals.isEmpty, !task.flag("with-local-disks"), task.user != "root@pam"
            {
                throw abort(&state, upid, "can't migrate VM - check log")
            }
            if !locals.isEmpty { say(&state, upid, "copying local disk images") }
            state.guests[guest.vmid]?.lock = "migrate"
            return guest.isRunning && kind == .qemu ? Durations.onlineMigration : Durations.offlineMigration
        }
    }

    static func finish(_ kind: GuestKind) -> TaskBehaviour.Finish {
        return { (state, upid) throws(TaskError) in
            let guest = try state.guest(of: upid, kind)
            guard let target = state.tasks[upid]?.parameters["target"] else { return }
            state.guests[guest.vmid]?.lock = nil
            guard state.node(target)?.online == true else {
                say(&state, upid, "ERROR: migration finished with problems (duration 00:00:10)")
                throw TaskError("migration problems")
            }
            for disk in state.disks(guest) where !disk.storage.shared {
                let volid = String(disk.value.prefix { $0 != "," })
                for index in state.volumes.indices
                where state.volumes[index].volid == volid && state.volumes[index].node == guest.node {
                    state.volumes[index].node = target
                }
            }
            state.guests[guest.vmid]?.node = target
            // A container is stopped here and started there.
            if kind == .lxc, guest.isRunning { state.boot(guest.vmid) }
            say(&state, upid, "migration finished successfully (duration 00:00:03)")
        }
    }
}
