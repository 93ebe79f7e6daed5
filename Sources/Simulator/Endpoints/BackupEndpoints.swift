// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let backupEndpoints = [
        Endpoint(
            "POST", "nodes/{node}/vzdump", protected: true,
            takes: [
                .flag("all"), .integer("bwlimit", 0...), .choice("compress", ["0", "1", "gzip", "lzo", "zstd"]),
                .string("dumpdir"), .string("exclude", .vmidList), .string("exclude-path"), .string("fleecing"),
                .integer("ionice", 0..., maximum: 8), .string("job-id", length: 50), .integer("lockwait", 0...),
                .choice("mailnotification", ["always", "failure"]), .string("mailto"), .integer("maxfiles", 1...),
                .choice("mode", ["snapshot", "suspend", "stop"]),
                .string("notes-template", length: 1024, needs: "storage"),
                .choice("notification-mode", ["auto", "legacy-sendmail", "notification-system"]),
                .string("pbs-change-detection-mode"), .string("performance"), .integer("pigz"), .string("pool"),
                .flag("protected", needs: "storage"), .string("prune-backups", .retention), .flag("quiet"),
                .flag("remove"),
                .string("script"), .flag("stdexcludes"), .flag("stdout"), .flag("stop"), .integer("stopwait", 0...),
                .string("storage", .storageID), .string("tmpdir"), .string("vmid", .vmidList), .integer("zstd"),
            ], handler: Backups.start),
        Endpoint(
            "GET", "nodes/{node}/vzdump/extractconfig", protected: true, takes: [.string("volume", optional: false)],
            handler: Backups.extract),
    ]
}

/// Answers about backups.
enum Backups {
    static func start(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        try state.rootOnly(call, ["dumpdir", "script", "tmpdir"])
        let storage = call["storage"] ?? "local"
        if state.storages.contains(where: { $0.name == storage }) || call["storage"] == nil {
            try state.demand(call.identity, "Datastore.AllocateSpace", "/storage/\(storage)")
        }
        if call["prune-backups"] != nil { try state.demand(call.identity, "Datastore.Allocate", "/storage/\(storage)") }
        if call["bwlimit"] != nil || call["ionice"] != nil || call["performance"] != nil {
            try state.demand(call.identity, "Sys.Modify", "/")
        }
        if call.flag("stop") {
            for upid in state.taskOrder
            where state.tasks[upid]?.type == "vzdump" && state.tasks[upid]?.node == call.node {
                state.interrupt(upid)
            }
            if call["vmid"] == nil, call["pool"] == nil, !call.flag("all") { return Reply("OK") }
        }
        guard let wanted = wanted(state, call) else {
            throw .parameter("vmid", "property is missing and it is not optional")
        }
        // Guests of other nodes are none of this node's business; ids that nobody has are taken for its own.
        let local = wanted.filter { (state.guests[$0]?.node ?? call.node) == call.node }
        if local.isEmpty { return Reply("OK") }
        var parameters = call.parameters
        parameters["vmids"] = local.map { String($0) }.joined(separator: ",")
        let options = call.order.filter { $0 != "vmid" }.map { " --\($0) \(call[$0] ?? "")" }.joined()
        let names = local.map { String($0) }.joined(separator: " ")
        parameters["headline"] = "vzdump \(names)\(options) --node \(call.node)"
        let upid = state.spawn(
            "vzdump", id: local.count == 1 ? String(local[0]) : "", node: call.node, by: call.identity.description,
            parameters: parameters)
        return Reply(.string(upid))
    }

    private static func wanted(_ state: ClusterState, _ call: Call) -> [Int]? {
        let excluded = Set(call.list("exclude"))
        if call.flag("all") {
            return state.guestList.map(\.vmid).filter {
                !excluded.contains(String($0)) && state.guests[$0]?.node == call.node
            }
        }
        if let pool = call["pool"] { return state.guestList.filter { $0.pool == pool }.map(\.vmid) }
        guard call["vmid"] != nil else { return nil }
        return call.list("vmid").compactMap { Int($0) }
    }

    static func extract(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let volid = call["volume"] ?? ""
        guard let volume = state.volume(volid, on: call.node) else {
            throw .failed("volume '\(volid)' does not exist")
        }
        let lines = volume.backedUp?.entries.map { "\($0.key): \($0.value)\n" }.joined() ?? ""
        return Reply(.string(lines))
    }
}
