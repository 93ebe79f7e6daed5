// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let bulkEndpoints = [
        Endpoint(
            "POST", "nodes/{node}/startall", protected: true, takes: [.flag("force"), .string("vms", .vmidList)],
            handler: Bulk.start),
        Endpoint(
            "POST", "nodes/{node}/stopall", protected: true,
            takes: [.flag("force-stop"), .integer("timeout", 0..., maximum: 7200), .string("vms", .vmidList)],
            handler: Bulk.stop),
        Endpoint(
            "POST", "nodes/{node}/migrateall", protected: true,
            takes: [
                .string("target", optional: false, .node), .integer("maxworkers", 1...), .string("vms", .vmidList),
                .flag("with-local-disks"),
            ], handler: Bulk.migrate),
    ]
}

/// Requests that go to many guests of a node at once.
enum Bulk {
    private static func demand(_ state: ClusterState, _ call: Call, _ privilege: String) throws(Refusal) {
        if state.may(call.identity, privilege, "/vms") { return }
        let named = call.list("vms")
        if named.isEmpty { throw .forbidden("/vms, \(privilege)") }
        for vmid in named { try state.demand(call.identity, privilege, "/vms/\(vmid)") }
    }

    private static func spawn(_ state: inout ClusterState, _ call: Call, _ type: String) -> Reply {
        Reply(
            .string(
                state.spawn(
                    type, id: "", node: call.node, by: call.identity.description, parameters: call.parameters)))
    }

    static func start(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try demand(state, call, "VM.PowerMgmt")
        return spawn(&state, call, "startall")
    }

    static func stop(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try demand(state, call, "VM.PowerMgmt")
        return spawn(&state, call, "stopall")
    }

    static func migrate(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try demand(state, call, "VM.Migrate")
        let target = call["target"] ?? ""
        if target == call.node { throw .parameter("target", "target is local node.") }
        try state.checkQuorum()
        guard state.node(target) != nil else { throw .failed("no such cluster node '\(target)'") }
        guard call["maxworkers"] != nil else {
            throw .failed("either 'maxworkers' parameter or max_workers in datacenter.cfg must be set!")
        }
        return spawn(&state, call, "migrateall")
    }
}
