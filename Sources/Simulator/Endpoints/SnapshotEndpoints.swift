// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let snapshotEndpoints = both { kind in
        let base = "nodes/{node}/\(kind.rawValue)/{vmid}/snapshot"
        let take = Endpoint.Access.privilege("/vms/{vmid}", ["VM.Snapshot"])
        let name = Parameter.string("snapname", optional: false, length: 40, .configID)
        return [
            Endpoint("GET", base, .privilege("/vms/{vmid}", ["VM.Audit"]), protected: true) {
                (state, call) throws(Refusal) in try Snapshots.list(state, call, kind)
            },
            Endpoint(
                "POST", base, take, protected: true,
                takes: [name, .string("description")] + (kind == .qemu ? [.flag("vmstate")] : [])
            ) { (state, call) throws(Refusal) in
                try Snapshots.checkName(call, kind)
                return state.spawn(kind == .qemu ? "qmsnapshot" : "vzsnapshot", for: call)
            },
            Endpoint("GET", "\(base)/{snapname}") { _, _ in Reply(.list("cmd", ["rollback", "config"])) },
            Endpoint("DELETE", "\(base)/{snapname}", take, protected: true, takes: [.flag("force")]) {
                (state, call) throws(Refusal) in
                state.spawn(kind == .qemu ? "qmdelsnapshot" : "vzdelsnapshot", for: call)
            },
            Endpoint(
                "GET", "\(base)/{snapname}/config",
                .privilege("/vms/{vmid}", ["VM.Snapshot", "VM.Snapshot.Rollback", "VM.Audit"])
            ) { (state, call) throws(Refusal) in try Snapshots.config(state, call, kind) },
            Endpoint("PUT", "\(base)/{snapname}/config", take, protected: true, takes: [.string("description")]) {
                (state, call) throws(Refusal) in try Snapshots.describe(&state, call, kind)
            },
            Endpoint(
                "POST", "\(base)/{snapname}/rollback",
                .privilege("/vms/{vmid}", ["VM.Snapshot", "VM.Snapshot.Rollback"]), protected: true,
                takes: [.flag("start")]
            ) { (state, call) throws(Refusal) in
                state.spawn(kind == .qemu ? "qmrollback" : "vzrollback", for: call)
            },
        ]
    }
}

/// Answers about snapshots, and the changes that need no task.
enum Snapshots {
    static func checkName(_ call: Call, _ kind: GuestKind) throws(Refusal) {
        let name = call["snapname"] ?? ""
        let reserved =
            kind == .qemu ? ["current", "pending"].contains(name.lowercased()) : ["current", "vzdump"].contains(name)
        if reserved { throw .failed("unable to use snapshot name '\(name)' (reserved name)") }
    }

    static func list(_ state: ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        var rows = guest.snapshots.map { snapshot -> JSONValue in
            var row = JSONObject([
                ("name", .string(snapshot.name)), ("snaptime", JSONValue(Int(snapshot.time))),
                ("description", .string(snapshot.description)),
            ])
            if let parent = snapshot.parent { row["parent"] = .string(parent) }
            if kind == .qemu { row["vmstate"] = snapshot.withMemory ? 1 : 0 }
            if let state = snapshot.state { row["snapstate"] = .string(state) }
            return .object(row)
        }
        var current = JSONObject([
            ("name", "current"), ("description", "You are here!"), ("digest", .string(guest.digest)),
            ("running", guest.isRunning ? 1 : 0),
        ])
        if let parent = guest.config["parent"] { current["parent"] = .string(parent) }
        rows.append(.object(current))
        return Reply(.array(rows))
    }

    private static func find(
        _ state: ClusterState, _ call: Call, _ kind: GuestKind
    ) throws(Refusal) -> (SimulatedGuest, Int) {
        let guest = try state.guest(kind, call.vmid, on: call.node)
        let name = call["snapname"] ?? ""
        guard let index = guest.snapshots.firstIndex(where: { $0.name == name }) else {
            throw .failed("snapshot '\(name)' does not exist")
        }
        return (guest, index)
    }

    static func config(_ state: ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        let (guest, index) = try find(state, call, kind)
        let snapshot = guest.snapshots[index]
        var object = Config.json(guest, snapshot.config)
        object["snaptime"] = JSONValue(Int(snapshot.time))
        if !snapshot.description.isEmpty { object["description"] = .string(snapshot.description) }
        if let parent = snapshot.parent { object["parent"] = .string(parent) }
        return Reply(.object(object))
    }

    static func describe(_ state: inout ClusterState, _ call: Call, _ kind: GuestKind) throws(Refusal) -> Reply {
        if state.isFlocked(call.vmid) { throw .flocked(kind, call.vmid) }
        let (guest, index) = try find(state, call, kind)
        try state.checkLock(guest)
        state.guests[guest.vmid]?.snapshots[index].description = call["description"] ?? ""
        return .null
    }
}
