// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let highAvailabilityTasks = ["hastart", "hastop", "hamigrate"].map {
        TaskBehaviour($0, lock: .none, begin: HighAvailabilityTasks.begin, finish: HighAvailabilityTasks.finish)
    }
}

/// What HA tasks do: they put a request in the queue and are done.
enum HighAvailabilityTasks {
    static func begin(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let task = state.tasks[upid], let vmid = task.vmid, let guest = state.guests[vmid] else { return 0 }
        let sid = "\(guest.kind == .qemu ? "vm" : "ct"):\(vmid)"
        if guest.haState == "error" {
            state.log(upid, "service '\(sid)' in error state, must be disabled and fixed first")
            throw TaskError("command 'ha-manager set \(sid) --state started' failed: exit code 255")
        }
        if task.type == "hastart" { state.log(upid, "Requesting HA start for \(sid)") }
        return Durations.highAvailabilityRequest
    }

    static func finish(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let vmid = task.vmid else { return }
        switch task.type {
        case "hastart": state.request(vmid, "started")
        case "hastop":
            state.guests[vmid]?.haState = "stopped"
            let order = (task.integer("timeout") ?? 0) > 0 ? "shutdown" : "stop"
            state.schedule(.manage(vmid, order), after: Durations.highAvailabilityRound)
        default:
            let target = task.parameters["target"] ?? ""
            state.schedule(.manage(vmid, "migrate:\(target)"), after: Durations.highAvailabilityRound)
        }
    }
}

extension ClusterState {
    /// Notes what HA shall make of a guest; it comes round to it later.
    mutating func request(_ vmid: Int, _ wanted: String) {
        let name = wanted == "enabled" ? "started" : wanted
        guests[vmid]?.haState = name
        guests[vmid]?.haFailures = 0
        switch name {
        case "started": schedule(.manage(vmid, "start"), after: Durations.highAvailabilityRound)
        case "stopped", "disabled": schedule(.manage(vmid, "shutdown"), after: Durations.highAvailabilityRound)
        default: break
        }
    }

    /// What the local resource manager does with a guest when its turn has come; it works as root@pam.
    mutating func manage(_ vmid: Int, _ order: String) {
        guard let guest = guests[vmid], guest.haState != nil else { return }
        let prefix = guest.kind == .qemu ? "qm" : "vz"
        var parameters: [String: String] = [:]
        let type: String
        if order.hasPrefix("migrate:") {
            parameters = ["target": String(order.dropFirst(8)), "online": "1", "restart": "1", "with-local-disks": "1"]
            type = guest.kind == .qemu ? "qmigrate" : "vzmigrate"
            if parameters["target"] == guest.node { return }
        } else {
            if (order == "start") == guest.isRunning { return }
            type = prefix + order
            if order == "shutdown" { parameters["forceStop"] = "1" }
        }
        spawn(
            type, id: String(vmid), node: guest.node, vmid: vmid, by: "root@pam", parameters: parameters,
            log: [Self.agentsLine])
    }

    /// What the resource manager writes first into the log of a task that it starts (PVE::RESTEnvironment).
    private static var agentsLine: String { "task started by HA resource agent" }

    /// Has HA try a start that failed once more (`max_restart`), and then give the guest up.
    mutating func noteFailure(of task: SimulatedTask) {
        guard task.log.first == Self.agentsLine, ["qmstart", "vzstart"].contains(task.type), let vmid = task.vmid,
            let guest = guests[vmid], guest.haState == "started"
        else { return }
        guests[vmid]?.haFailures += 1
        if guest.haFailures < 1 {
            schedule(.manage(vmid, "start"), after: Durations.highAvailabilityRound)
        } else {
            guests[vmid]?.haState = "error"
        }
    }
}
