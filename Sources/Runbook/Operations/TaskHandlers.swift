// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looking at tasks, and ending one.
enum TaskHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "tasks": tasks,
        "task": task,
        "task_log": log,
        "task_stop": stop,
    ]

    static func tasks(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let filters = TaskFilters(call.arguments.options("filters"))
        var found: [TaskRow] = []
        let nodes = try await call.resources(.node)
        if let node = filters.node, !nodes.contains(where: { $0.node == node }) {
            throw .unknownNode(node.rawValue, nodes, in: call.environment.clusterName)
        }
        for row in nodes {
            guard let node = row.node, filters.node ?? node == node, row.status != "offline" else { continue }
            let request = APICall(.get, try APIPath("nodes", node.rawValue, "tasks"), filters.parameters)
            let rows = try await call.gate.read(request) { client throws(Failure) in
                do throws(Failure) {
                    return try await client.send(request).data.array ?? []
                } catch {
                    guard error.kind == .nodeUnreachable, filters.node == nil else { throw error }
                    call.environment.output.log(.warning, "the tasks of \(node) are left out: \(error.message)")
                    return []
                }
            }
            found += rows.compactMap(TaskRow.init)
        }
        // A node that is down tells nothing any more; the others keep the last that they heard of it.
        let lost = Set(nodes.filter { $0.status == "offline" }.compactMap(\.node)).filter { filters.node ?? $0 == $0 }
        if !lost.isEmpty {
            let rows = try await call.read("cluster", "tasks").array ?? []
            found += rows.compactMap(TaskRow.init).filter { lost.contains($0.upid.node) }
            let names = lost.map(\.rawValue).sorted().joined(separator: ", ")
            call.environment.output.log(.warning, "\(names) is offline: of its tasks only the last known are listed")
        }
        let chosen = found.filter(filters.matches).sorted { $0.upid.startTime > $1.upid.startTime }.prefix(
            filters.limit)
        let now = call.environment.now()
        return .array(chosen.map { .object($0.record(now: now, isLost: lost.contains($0.upid.node))) })
    }

    static func task(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let upid = try call.arguments.task()
        let status = try await call.read("nodes", upid.node.rawValue, "tasks", upid.description, "status")
        let isRunning = status["status"]?.perlText == "running"
        let row = TaskRow(
            upid: upid, status: isRunning ? .running : TaskStatus(exitText: status["exitstatus"]?.perlText ?? ""))
        var record = row.record(now: call.environment.now())
        let request = try APICall.get("nodes", upid.node.rawValue, "tasks", upid.description, "log")
        let lines = try await call.gate.read(request) { client throws(Failure) in
            let total = try await client.log(upid, limit: 1).total
            return try await client.log(upid, start: max(0, total - 20), limit: 20).lines
        }
        record["log"] = .array(lines.map { .string($0.text) })
        return .object(record)
    }

    static func log(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let upid = try call.arguments.task()
        let options = call.arguments.options()
        let (start, limit) = (options.integer("start") ?? 0, options.integer("limit") ?? 1000)
        let request = try APICall.get("nodes", upid.node.rawValue, "tasks", upid.description, "log")
        return try await call.gate.read(request) { client throws(Failure) in
            .array(try await client.log(upid, start: start, limit: limit).lines.map { .string($0.text) })
        }
    }

    static func stop(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let upid = try call.arguments.task()
        let client = call.environment.client
        let status = try APICall.get("nodes", upid.node.rawValue, "tasks", upid.description, "status")
        let before = try await call.gate.read(status) { client throws(Failure) in try await client.task(upid) }
        guard before == .running else { return .object(ended(upid, before, changed: false)) }
        var change = try await call.change(
            APICall(.delete, try APIPath("nodes", upid.node.rawValue, "tasks", upid.description)))
        change.report = { _ throws(Failure) in
            // The node asks the task to end and kills it after five seconds; its last line may come a moment later.
            for _ in 0..<20 {
                let now = try await client.task(upid)
                if now.hasEnded { return ended(upid, now, changed: true) }
                do { try await client.clock.sleep(for: .milliseconds(500)) } catch { break }
            }
            throw Failure(.taskTimeout, "the task goes on although it was asked to end")
        }
        return try await call.gate.change(change).json(change)
    }

    private static func ended(_ upid: UPID, _ status: TaskStatus, changed: Bool) -> JSONObject {
        JSONObject([
            ("changed", .bool(changed)), ("upid", .string(upid.description)), ("node", .string(upid.node.rawValue)),
            ("status", .string(status.word)), ("exitstatus", .string(status.text)), ("verified", true),
        ])
    }
}

/// Which tasks a script asks for.
struct TaskFilters {
    let node: NodeName?
    let limit: Int
    private let vmid: VMID?
    private let isRunning: Bool?
    private let errors: Bool
    private let since: Int?
    private let type: String?
    private let user: String?

    init(_ filters: Arguments) {
        node = filters.node()
        vmid = try? filters.guest()
        isRunning = filters.flag("running")
        errors = filters.flag("errors") ?? false
        since = filters.seconds("since").map { Int($0.components.seconds) }
        type = filters.text("type")
        user = filters.text("user")
        limit = filters.integer("limit") ?? 50
    }

    /// What the node can sort out itself.
    var parameters: [(name: String, value: APIParameter)] {
        let source: TaskSource = isRunning.map { $0 ? .active : .archive } ?? .all
        var list: [(name: String, value: APIParameter)] = [
            ("source", .text(source.rawValue)), ("limit", .integer(limit)),
        ]
        if let vmid { list.append(("vmid", .integer(vmid.rawValue))) }
        if errors { list.append(("statusfilter", .text("error,unknown"))) }
        if let since { list.append(("since", .integer(since))) }
        if let type { list.append(("typefilter", .text(type))) }
        if let user { list.append(("userfilter", .text(user))) }
        return list
    }

    /// Whether a row is one of them; what the cluster's own list tells nobody has sorted out.
    func matches(_ row: TaskRow) -> Bool {
        (vmid.map { row.upid.id == $0.description } ?? true)
            && (isRunning.map { $0 == (row.status == .running) } ?? true)
            && (!errors || ["error", "unknown"].contains(row.status.word))
            && (since.map { row.upid.startTime >= $0 } ?? true)
            && (type.map { $0 == row.upid.type } ?? true)
            && (user.map { row.upid.user.lowercased().contains($0.lowercased()) } ?? true)
    }
}

extension TaskStatus {
    /// The status in one word.
    var word: String {
        switch self {
        case .running: "running"
        case .ok: "ok"
        case .warnings: "warning"
        case .error: "error"
        case .unknown: "unknown"
        }
    }
}

extension TaskRow {
    /// The task as scripts see it.
    ///
    /// - Parameter isLost: Whether its node is down: what ran there when it was last heard of may have ended with it.
    func record(now: Double, isLost: Bool = false) -> JSONObject {
        let word = isLost && status == .running ? "unknown" : status.word
        var object = JSONObject([
            ("upid", .string(upid.description)), ("node", .string(upid.node.rawValue)), ("type", .string(upid.type)),
            ("id", .string(upid.id)), ("user", .string(upid.user)), ("started", JSONValue(upid.startTime)),
            ("status", .string(word)),
        ])
        if let vmid = Int(upid.id).flatMap({ VMID($0) }) { object["vmid"] = JSONValue(vmid.rawValue) }
        if status.hasEnded { object["exitstatus"] = .string(status.text) }
        if let endTime {
            object["ended"] = JSONValue(endTime)
            object["duration"] = JSONValue(max(0, endTime - upid.startTime))
        } else if status == .running, !isLost {
            object["duration"] = .number(max(0, (now - Double(upid.startTime)).rounded()))
        }
        return object
    }
}
