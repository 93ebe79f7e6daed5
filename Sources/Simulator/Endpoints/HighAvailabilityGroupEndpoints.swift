// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// A group of nodes that HA keeps guests on.
struct SimulatedGroup: Sendable, Hashable {
    var name: String
    /// Nodes, with priorities where they have some: `pve1:2,pve2`.
    var nodes: String
    var restricted = false
    var noFailback = false
    var comment: String?
}

extension EndpointTable {
    private static let audit = Endpoint.Access.privilege("/", ["Sys.Audit"])
    private static let console = Endpoint.Access.privilege("/", ["Sys.Console"])
    private static let options: [Parameter] = [
        .string("comment", length: 4096), .flag("nofailback"), .flag("restricted"),
    ]

    static let highAvailabilityGroupEndpoints = [
        Endpoint("GET", "cluster/ha/status/manager_status", audit, handler: HighAvailabilityGroups.manager),
        Endpoint("GET", "cluster/ha/groups", audit) { state, _ in
            Reply(.array(state.groups.map(HighAvailabilityGroups.row)))
        },
        Endpoint(
            "POST", "cluster/ha/groups", console, protected: true,
            takes: [.string("group", optional: false, .configID), .string("nodes", optional: false)] + options,
            handler: HighAvailabilityGroups.add),
        Endpoint("GET", "cluster/ha/groups/{group}", audit) { (state, call) throws(Refusal) in
            Reply(HighAvailabilityGroups.row(state.groups[try HighAvailabilityGroups.find(state, call)]))
        },
        Endpoint("DELETE", "cluster/ha/groups/{group}", console, protected: true) { (state, call) throws(Refusal) in
            state.groups.remove(at: try HighAvailabilityGroups.find(state, call))
            return .null
        },
    ]
}

/// Answers about HA's groups and its manager.
enum HighAvailabilityGroups {
    static func row(_ group: SimulatedGroup) -> JSONValue {
        var row = JSONObject([
            ("group", .string(group.name)), ("nodes", .string(group.nodes)), ("type", "group"),
            ("restricted", group.restricted ? 1 : 0), ("nofailback", group.noFailback ? 1 : 0),
            ("digest", .string(GuestConfig(["group": group.name]).digest)),
        ])
        if let comment = group.comment { row["comment"] = .string(comment) }
        return .object(row)
    }

    static func find(_ state: ClusterState, _ call: Call) throws(Refusal) -> Int {
        let name = call["group"] ?? ""
        guard let index = state.groups.firstIndex(where: { $0.name == name }) else {
            throw .failed("no such ha group '\(name)'")
        }
        return index
    }

    static func add(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["group"] ?? ""
        if state.groups.contains(where: { $0.name == name }) { throw .failed("ha group ID '\(name)' already defined") }
        try state.checkQuorum()
        state.groups.append(
            SimulatedGroup(
                name: name, nodes: call["nodes"] ?? "", restricted: call.flag("restricted"),
                noFailback: call.flag("nofailback"), comment: call["comment"]))
        return .null
    }

    static func manager(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let managed = state.guestList.filter { $0.haState != nil }
        var manager = JSONObject([("node_status", [:])])
        if !managed.isEmpty {
            manager["master_node"] = .string(state.localNode)
            manager["timestamp"] = JSONValue(Int(state.now))
            manager["node_status"] = .object(
                JSONObject(state.nodes.map { ($0.name, .string($0.online ? "online" : "unknown")) }))
            manager["service_status"] = .object(
                JSONObject(
                    managed.map { guest in
                        (
                            "\(guest.kind == .qemu ? "vm" : "ct"):\(guest.vmid)",
                            [
                                "node": .string(guest.node), "uid": "simulated",
                                "state": .string(guest.isRunning ? "started" : "stopped"),
                            ]
                        )
                    }))
        }
        return Reply([
            "manager_status": .object(manager),
            "quorum": ["node": .string(state.localNode), "quorate": state.quorate ? "1" : ""],
        ])
    }
}
