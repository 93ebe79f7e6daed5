// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let taskEndpoints = [
        Endpoint(
            "GET", "nodes/{node}/tasks", .user,
            takes: [
                .flag("errors"), .integer("limit", 0...), .integer("since"), .integer("until"), .integer("start", 0...),
                .choice("source", ["archive", "active", "all"]), .string("statusfilter", .taskStatusList),
                .string("typefilter"), .string("userfilter"), .vmid("vmid"),
            ], handler: Tasks.list),
        Endpoint("GET", "nodes/{node}/tasks/{upid}") { _, _ in Reply(.list("name", ["log", "status"])) },
        Endpoint("GET", "nodes/{node}/tasks/{upid}/status", protected: true, handler: Tasks.status),
        Endpoint(
            "GET", "nodes/{node}/tasks/{upid}/log", protected: true,
            takes: [.flag("download"), .integer("limit", 0...), .integer("start", 0...)], handler: Tasks.log),
        Endpoint("DELETE", "nodes/{node}/tasks/{upid}", protected: true, handler: Tasks.stop),
    ]
}

extension SimulatedTask {
    /// The row of a task in a list; the process start is left out in the view of the cluster.
    func listRow(cluster: Bool) -> JSONObject {
        var row = JSONObject([
            ("upid", .string(upid)), ("node", .string(node)), ("starttime", JSONValue(Int(start))),
            ("type", .string(type)), ("id", .string(id)), ("user", .string(user)),
        ])
        if !cluster { row["pstart"] = JSONValue(processStart) }
        if !cluster || phase != .ended { row["pid"] = JSONValue(processID) }
        if let token { row["tokenid"] = .string(token) }
        if phase == .ended {
            row["endtime"] = JSONValue(Int(end ?? start))
            row["status"] = .string(exit ?? "")
        }
        return row
    }

    /// `ok`, `warning`, `error` or `unknown`.
    var statusKind: String {
        guard let exit else { return "unknown" }
        if exit == "OK" { return "ok" }
        if exit.hasPrefix("WARNINGS: ") { return "warning" }
        return exit == "unexpected status" ? "unknown" : "error"
    }
}

/// Answers about tasks.
enum Tasks {
    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let auditor = state.may(call.identity, "Sys.Audit", "/nodes/\(call.node)")
        let source = call["source"] ?? "archive"
        let statuses = Set(call.list("statusfilter"))
        var rows: [JSONValue] = []
        let all = state.taskOrder.reversed().compactMap { state.tasks[$0] }.filter { $0.node == call.node }
        // Running ones come first, then the finished ones, each with the newest first.
        for task in all.filter({ $0.phase != .ended }) + all.filter({ $0.phase == .ended }) {
            let ended = task.phase == .ended
            guard source == "all" || ended == (source == "archive"), auditor || owns(call.identity, task),
                matches(task, call), statuses.isEmpty || (ended && statuses.contains(task.statusKind)),
                !call.flag("errors") || (ended && task.statusKind != "ok")
            else { continue }
            var row = task.listRow(cluster: false)
            if !ended {
                // Running rows come from another file, unsplit.
                row["tokenid"] = nil
                row["user"] = .string(task.owner)
                row["status"] = "RUNNING"
                row["saved"] = "0"
            }
            rows.append(.object(row))
        }
        let start = call.integer("start") ?? 0
        let limit = call.integer("limit") ?? 50
        // A caller that may see nothing gets no total either where there is nothing to count.
        return Reply(.array(Array(rows.dropFirst(start).prefix(limit))), total: rows.isEmpty ? nil : rows.count)
    }

    private static func matches(_ task: SimulatedTask, _ call: Call) -> Bool {
        if let vmid = call["vmid"], task.id != vmid { return false }
        if let type = call["typefilter"], task.type != type { return false }
        if let user = call["userfilter"], !contains(task.user.lowercased(), user.lowercased()) { return false }
        if let since = call.integer("since"), Int(task.start) < since { return false }
        if let until = call.integer("until"), Int(task.start) > until { return false }
        return true
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        part.isEmpty || text.indices.contains { text[$0...].hasPrefix(part) }
    }

    /// A token sees its own tasks only; a user sees those of all own tokens too.
    static func owns(_ identity: Identity, _ task: SimulatedTask) -> Bool {
        task.user == identity.user && (identity.token == nil || task.token == identity.token)
    }

    static func find(_ state: ClusterState, _ call: Call) throws(Refusal) -> SimulatedTask? {
        let text = call["upid"] ?? ""
        guard UPID(text) != nil else { throw .parameter("upid", "unable to parse worker upid") }
        guard let task = state.tasks[text], task.node == call.node else { return nil }
        return task
    }

    static func status(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let task = try find(state, call) else { throw .parameter("upid", "no such task") }
        if !owns(call.identity, task) { try state.demand(call.identity, "Sys.Audit", "/nodes/\(call.node)") }
        var row = task.listRow(cluster: false)
        row["endtime"] = nil
        row["status"] = task.phase == .ended ? "stopped" : "running"
        row["exitstatus"] = task.exit.map { JSONValue.string($0) }
        return Reply(.object(row))
    }

    static func log(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let task = try find(state, call) else {
            return Reply(["n": 1, "t": "unable to open file - No such file or directory"], total: 1)
        }
        if !owns(call.identity, task) { try state.demand(call.identity, "Sys.Audit", "/nodes/\(call.node)") }
        guard !task.log.isEmpty else { return Reply([["n": 1, "t": "no content"]], total: 1) }
        let limit = call.integer("limit") ?? 50
        let lines = task.log.enumerated().dropFirst(call.integer("start") ?? 0)
        let shown = limit == 0 ? Array(lines) : Array(lines.prefix(limit))
        return Reply(
            .array(shown.map { ["n": JSONValue($0.offset + 1), "t": .string($0.element)] }), total: task.log.count)
    }

    static func stop(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let task = try find(state, call) else { throw .parameter("upid", "no such task") }
        if !owns(call.identity, task) { try state.demand(call.identity, "Sys.Modify", "/nodes/\(call.node)") }
        guard task.phase != .ended else { return .null }
        state.interrupt(task.upid)
        return .null
    }
}
