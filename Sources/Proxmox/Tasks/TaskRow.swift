// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// One row of a node's task list.
public struct TaskRow: Hashable, Sendable {
    /// The task.
    public var upid: UPID
    /// How it stands.
    public var status: TaskStatus
    /// When it ended, in seconds since 1970 by the node's clock; nil while it runs.
    public var endTime: Int?

    /// Makes a row.
    public init(upid: UPID, status: TaskStatus, endTime: Int? = nil) {
        self.upid = upid
        self.status = status
        self.endTime = endTime
    }

    /// Reads a row, or returns nil where it names no task.
    public init?(_ row: JSONValue) {
        guard let upid = row["upid"]?.string.flatMap(UPID.init) else { return nil }
        self.upid = upid
        endTime = row["endtime"]?.perlInteger
        let text = row["status"]?.perlText
        // Running rows say RUNNING or nothing; one that has ended carries `endtime` (pve-facts §4).
        status = endTime == nil && (text == nil || text == "RUNNING") ? .running : TaskStatus(exitText: text ?? "")
    }
}

/// Which tasks of a node to list.
public enum TaskSource: String, Sendable, CaseIterable {
    /// Those that have ended; what Proxmox shows if not asked.
    case archive
    /// Those that run.
    case active
    /// Both.
    case all
}

extension ProxmoxClient {
    /// The tasks of a node, newest first, as far as the credential may see them.
    ///
    /// A user sees its own tasks, a token only those started with it; Sys.Audit on the node shows all (pve-facts §4).
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - source: Which tasks.
    ///   - vmid: Only those about this guest.
    ///   - since: Only those that began at this second since 1970 or later.
    ///   - start: How many rows to leave out at the beginning.
    ///   - limit: How many rows to return at most.
    public func tasks(
        on node: NodeName, source: TaskSource = .all, vmid: VMID? = nil, since: Int? = nil, start: Int = 0,
        limit: Int = 50
    ) async throws(Failure) -> [TaskRow] {
        try await taskList(on: node, source: source, vmid: vmid, since: since, start: start, limit: limit).rows
    }

    /// The same, and when the host that answered says that it was.
    func taskList(
        on node: NodeName, source: TaskSource = .all, vmid: VMID? = nil, since: Int? = nil, start: Int = 0, limit: Int
    ) async throws(Failure) -> (rows: [TaskRow], time: Int?) {
        var parameters: [(name: String, value: APIParameter)] = [
            ("source", .text(source.rawValue)), ("limit", .integer(max(1, limit))),
        ]
        if start > 0 { parameters.append(("start", .integer(start))) }
        if let since { parameters.append(("since", .integer(since))) }
        if let vmid { parameters.append(("vmid", .integer(vmid.rawValue))) }
        let answer = try await send(.get("nodes", node.rawValue, "tasks", parameters: parameters))
        guard let rows = answer.data.array else {
            throw Failure(.server, "the task list of \(node) is not a list", raw: answer.data.excerpt)
        }
        return (rows.compactMap(TaskRow.init), answer.time)
    }
}
