// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let audit = Endpoint.Access.privilege("/", ["Sys.Audit"])
    private static let console = Endpoint.Access.privilege("/", ["Sys.Console"])
    private static let states = ["started", "stopped", "enabled", "disabled", "ignored"]
    private static let options: [Parameter] = [
        .string("comment", length: 4096), .string("group", .configID), .integer("max_relocate", 0...),
        .integer("max_restart", 0...), .choice("state", states),
    ]

    static let highAvailabilityEndpoints = [
        Endpoint("GET", "cluster/ha") { _, _ in Reply(.list("id", ["status", "resources", "groups"])) },
        Endpoint("GET", "cluster/ha/status") { _, _ in Reply(.list("name", ["current", "manager_status"])) },
        Endpoint("GET", "cluster/ha/status/current", audit, handler: HighAvailability.current),
        Endpoint(
            "GET", "cluster/ha/resources", audit, takes: [.choice("type", ["ct", "vm"])],
            handler: HighAvailability.list),
        Endpoint(
            "POST", "cluster/ha/resources", console, protected: true,
            takes: [.string("sid", optional: false), .choice("type", ["ct", "vm"])] + options,
            handler: HighAvailability.add),
        Endpoint("GET", "cluster/ha/resources/{sid}", audit, handler: HighAvailability.show),
        Endpoint(
            "PUT", "cluster/ha/resources/{sid}", console, protected: true,
            takes: [.string("delete", .configIDList), .string("digest", length: 64)] + options,
            handler: HighAvailability.change),
        Endpoint("DELETE", "cluster/ha/resources/{sid}", console, protected: true, handler: HighAvailability.remove),
        Endpoint(
            "POST", "cluster/ha/resources/{sid}/migrate", console, protected: true,
            takes: [.string("node", optional: false, .node)], handler: HighAvailability.migrate),
        Endpoint(
            "POST", "cluster/ha/resources/{sid}/relocate", console, protected: true,
            takes: [.string("node", optional: false, .node)], handler: HighAvailability.migrate),
    ]
}

/// Answers about guests that HA looks after, and their changes.
enum HighAvailability {
    private static func sid(_ guest: SimulatedGuest) -> String {
        "\(guest.kind == .qemu ? "vm" : "ct"):\(guest.vmid)"
    }

    private static func managed(_ state: ClusterState) -> [SimulatedGuest] {
        state.guestList.filter { $0.haState != nil }
    }

    private static func row(_ guest: SimulatedGuest) -> JSONValue {
        [
            "sid": .string(sid(guest)), "type": guest.kind == .qemu ? "vm" : "ct",
            "state": .string(guest.haState ?? ""), "max_relocate": 1, "max_restart": 1,
            "digest": .string(GuestConfig(["sid": sid(guest)]).digest),
        ]
    }

    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let kind = call["type"].map { $0 == "vm" ? GuestKind.qemu : .lxc }
        return Reply(.array(managed(state).filter { kind == nil || $0.kind == kind }.map(row)))
    }

    static func current(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let node = state.localNode
        var rows: [JSONValue] = [
            [
                "id": "quorum", "type": "quorum", "node": .string(node), "quorate": state.quorate ? 1 : 0,
                "status": .string(state.quorate ? "OK" : "No quorum on node '\(node)'!"),
            ]
        ]
        let guests = managed(state)
        if !guests.isEmpty {
            let time = JSONValue(Int(state.now))
            rows.append([
                "id": "master", "type": "master", "node": .string(node), "timestamp": time,
                "status": .string("\(node) (active)"),
            ])
            rows += state.nodes.map {
                [
                    "id": .string("lrm:\($0.name)"), "type": "lrm", "node": .string($0.name), "timestamp": time,
                    "status": .string("\($0.name) (active)"),
                ]
            }
            rows += guests.map { guest in
                let text = guest.isRunning ? "started" : "stopped"
                return [
                    "id": .string("service:\(sid(guest))"), "type": "service", "sid": .string(sid(guest)),
                    "node": .string(guest.node), "state": .string(text), "crm_state": .string(text),
                    "request_state": .string(guest.haState ?? ""), "max_relocate": 1, "max_restart": 1,
                    "status": .string("\(sid(guest)) (\(guest.node), \(text))"),
                ]
            }
        }
        return Reply(.array(rows))
    }

    /// The guest that `vm:100`, `ct:101` or a bare number names.
    private static func guest(_ state: ClusterState, _ call: Call) throws(Refusal) -> SimulatedGuest {
        let text = call["sid"] ?? ""
        let digits = text.split(separator: ":").last.map(String.init) ?? ""
        guard let vmid = Int(digits), let guest = state.guests[vmid] else {
            throw .failed("cannot find guest '\(digits)' in cluster")
        }
        return guest
    }

    private static func managedGuest(_ state: ClusterState, _ call: Call) throws(Refusal) -> SimulatedGuest {
        let guest = try guest(state, call)
        if guest.haState == nil { throw .failed("no such resource '\(sid(guest))'") }
        return guest
    }

    static func add(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let guest = try guest(state, call)
        try state.checkQuorum()
        if guest.haState != nil { throw .failed("resource ID '\(sid(guest))' already defined") }
        state.request(guest.vmid, call["state"] ?? "started")
        return .null
    }

    static func show(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        Reply(row(try managedGuest(state, call)))
    }

    static func change(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let guest = try managedGuest(state, call)
        try state.checkQuorum()
        if let wanted = call["state"] { state.request(guest.vmid, wanted) }
        return .null
    }

    static func remove(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        state.guests[try managedGuest(state, call).vmid]?.haState = nil
        return .null
    }

    static func migrate(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let guest = try guest(state, call)
        if guest.haState == nil { throw .failed("resource '\(sid(guest))' is not HA managed") }
        state.schedule(.manage(guest.vmid, "migrate:\(call.node)"), after: Durations.highAvailabilityRound)
        return .null
    }
}
