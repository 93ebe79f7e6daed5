// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let path = "nodes/{node}/storage/{storage}/prunebackups"
    private static let parameters: [Parameter] = [
        .string("prune-backups", .retention), .choice("type", ["qemu", "lxc"]), .vmid("vmid"),
    ]

    static let pruneEndpoints = [
        Endpoint(
            "GET", path, .privilege("/storage/{storage}", ["Datastore.Audit", "Datastore.AllocateSpace"]),
            protected: true, takes: parameters, handler: Pruning.preview),
        Endpoint("DELETE", path, protected: true, takes: parameters, handler: Pruning.start),
    ]
}

/// Requests that thin out backups.
enum Pruning {
    static func preview(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let storage = try state.storage(call["storage"] ?? "", on: call.node)
        let rule = Retention(call["prune-backups"] ?? storage.retention)
        guard let rule else { throw .failed("no prune-backups options configured for storage '\(storage.name)'") }
        let rows = state.pruned(storage.name, on: call.node, rule, type: call["type"], vmid: call.integer("vmid"))
        return Reply(
            .array(
                rows.map { row in
                    var object = JSONObject([
                        ("volid", .string(row.volume.volid)), ("ctime", JSONValue(Int(row.volume.created))),
                        ("type", .string(row.volume.subtype ?? "unknown")), ("mark", .string(row.mark.rawValue)),
                    ])
                    if let vmid = row.volume.vmid { object["vmid"] = JSONValue(vmid) }
                    return .object(object)
                }))
    }

    static func start(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let name = call["storage"] ?? ""
        let path = "/storage/\(name)"
        if !state.may(call.identity, "Datastore.Allocate", path) {
            guard let vmid = call.integer("vmid") else { throw .forbidden("\(path), Datastore.Allocate") }
            try state.demand(call.identity, "Datastore.AllocateSpace", path)
            try state.demand(call.identity, "VM.Backup", "/vms/\(vmid)")
        }
        _ = try state.storage(name, on: call.node)
        let upid = state.spawn(
            "prunebackups", id: (call["vmid"].map { "\($0)@" } ?? "") + name, node: call.node,
            by: call.identity.description, parameters: call.parameters)
        return Reply(.string(upid))
    }
}
