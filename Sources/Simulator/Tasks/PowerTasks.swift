// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let powerTasks = [
        TaskBehaviour("qmstart", begin: MachineTasks.beginStart, finish: MachineTasks.finishStart),
        TaskBehaviour("qmstop", begin: MachineTasks.beginStop, finish: MachineTasks.finishStop),
        TaskBehaviour("qmshutdown", begin: MachineTasks.beginShutdown, finish: MachineTasks.finishShutdown),
        TaskBehaviour("qmreboot", begin: MachineTasks.beginShutdown, finish: MachineTasks.finishReboot),
        TaskBehaviour("qmreset", begin: MachineTasks.beginSimple(Durations.reset), finish: MachineTasks.finishReset),
        TaskBehaviour("qmpause", begin: MachineTasks.beginSimple(Durations.pause), finish: MachineTasks.finishPause),
        TaskBehaviour("qmresume", begin: MachineTasks.beginResume, finish: MachineTasks.finishResume),
        TaskBehaviour("qmsuspend", begin: MachineTasks.beginHibernate, finish: MachineTasks.finishHibernate),
    ]
}

extension ClusterState {
    /// The guest that a task is about, where its configuration lies on the task's node.
    func guest(of upid: String, _ kind: GuestKind) throws(TaskError) -> SimulatedGuest {
        guard let task = tasks[upid], let vmid = task.vmid else { throw TaskError("no such guest") }
        do throws(Refusal) { return try guest(kind, vmid, on: task.node) } catch { throw TaskError(error) }
    }

    /// As ``guest(of:_:)``, refusing a guest whose configuration is locked.
    func unlockedGuest(of upid: String, _ kind: GuestKind) throws(TaskError) -> SimulatedGuest {
        let guest = try guest(of: upid, kind)
        if tasks[upid]?.flag("skiplock") == true { return guest }
        do throws(Refusal) { try checkLock(guest) } catch { throw TaskError(error) }
        return guest
    }

    /// Lets a guest run from now on, with its configuration as it stands.
    mutating func boot(_ vmid: Int) {
        lastProcessID += 3
        guests[vmid]?.power = .running
        guests[vmid]?.startedAt = now
        guests[vmid]?.live = [:]
        guests[vmid]?.processID = lastProcessID
    }

    /// Ends a guest's process; what was pending is the configuration now.
    mutating func halt(_ vmid: Int) {
        guests[vmid]?.power = .stopped
        guests[vmid]?.live = [:]
    }
}

/// What power tasks of virtual machines do (PVE::QemuServer).
enum MachineTasks {
    static func vmid(_ state: ClusterState, _ upid: String) -> Int { state.tasks[upid]?.vmid ?? 0 }

    static func beginSimple(_ seconds: Double) -> TaskBehaviour.Begin {
        return { (state, upid) throws(TaskError) in
            _ = try state.unlockedGuest(of: upid, .qemu)
            return seconds
        }
    }

    static func beginStart(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let guest = try state.guest(of: upid, .qemu)
        if guest.isTemplate { throw TaskError("you can't start a vm if it's a template") }
        if guest.lock == "suspended" {
            state.log(upid, "Resuming suspended VM")
            return Durations.start
        }
        if guest.lock == "backup", guest.isRunning { return Durations.resume }
        _ = try state.unlockedGuest(of: upid, .qemu)
        if guest.isRunning { throw TaskError("VM \(guest.vmid) already running") }
        return Durations.start
    }

    static func finishStart(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        let guest = try state.guest(of: upid, .qemu)
        if guest.isRunning {
            state.guests[guest.vmid]?.power = .running
            return
        }
        if guest.lock == "suspended" {
            let file = guest.config["vmstate"] ?? "the saved state"
            state.log(upid, "activating and using '\(file)' as vmstate")
            state.log(upid, "Resumed VM, removing state")
            state.guests[guest.vmid]?.lock = nil
            state.guests[guest.vmid]?.config["vmstate"] = nil
        }
        state.boot(guest.vmid)
    }

    /// The task's guest, unlocked; nil where it does not run, for then there is nothing to end.
    private static func runningMachine(_ state: ClusterState, _ upid: String) throws(TaskError) -> SimulatedGuest? {
        let vmid = vmid(state, upid)
        let node = state.tasks[upid]?.node ?? ""
        guard let guest = state.guests[vmid], guest.kind == .qemu, guest.node == node else {
            throw TaskError("unable to find configuration file for VM \(vmid) on node '\(node)'")
        }
        guard guest.isRunning else { return nil }
        return try state.unlockedGuest(of: upid, .qemu)
    }

    static func beginStop(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        try runningMachine(state, upid) == nil ? 0 : Durations.stop
    }

    static func finishStop(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.halt(vmid(state, upid))
    }

    static func beginShutdown(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let guest = try runningMachine(state, upid) else { return 0 }
        let timeout = Double(state.shutdownTimeout(upid, guest))
        return guest.ignoresShutdown ? timeout : min(Durations.shutdown, max(timeout, Durations.stop))
    }

    static func finishShutdown(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        let guest = try state.guest(of: upid, .qemu)
        guard guest.isRunning else { return }
        if guest.ignoresShutdown || guest.power == .paused {
            guard state.tasks[upid]?.flag("forceStop") == true else {
                throw TaskError("VM quit/powerdown failed - got timeout")
            }
            state.log(upid, "VM quit/powerdown failed - terminating now with SIGTERM")
        }
        state.halt(guest.vmid)
    }

    static func finishReboot(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        try finishShutdown(&state, upid)
        state.schedule(.restart(vmid(state, upid)), after: Durations.restart)
    }

    static func finishReset(_ state: inout ClusterState, _ upid: String) throws(TaskError) {}

    static func finishPause(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        state.guests[vmid(state, upid)]?.power = .paused
    }

    static func beginResume(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let guest = try state.guest(of: upid, .qemu)
        if guest.lock == "suspended" { return Durations.start }
        _ = try state.unlockedGuest(of: upid, .qemu)
        return Durations.resume
    }

    static func finishResume(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        let guest = try state.guest(of: upid, .qemu)
        if guest.lock == "suspended" { return try finishStart(&state, upid) }
        state.guests[guest.vmid]?.power = .running
    }

    static func beginHibernate(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        let guest = try state.unlockedGuest(of: upid, .qemu)
        state.guests[guest.vmid]?.lock = "suspending"
        return Durations.hibernate
    }

    static func finishHibernate(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        let guest = try state.guest(of: upid, .qemu)
        let storage = state.disks(guest).first?.storage.name ?? "local"
        let date = CalendarDate(state.now).log.prefix(10)
        state.halt(guest.vmid)
        state.guests[guest.vmid]?.lock = "suspended"
        state.guests[guest.vmid]?.config["vmstate"] =
            "\(storage):\(guest.vmid)/vm-\(guest.vmid)-state-suspend-\(date).raw"
    }
}

extension ClusterState {
    /// How long a guest is given to shut down: as asked, else as its configuration says, else a minute.
    func shutdownTimeout(_ upid: String, _ guest: SimulatedGuest) -> Int {
        if let asked = tasks[upid]?.integer("timeout") { return asked }
        let startup = (guest.config["startup"] ?? "").split(separator: ",").first { $0.hasPrefix("down=") }
        return startup.flatMap { Int($0.dropFirst(5)) } ?? Durations.shutdownTimeout
    }
}
