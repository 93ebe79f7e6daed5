// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// How a task stands now.
    ///
    /// Only the node it runs on knows, so that is who is asked.
    ///
    /// - Throws: ``Failure`` of the kind `outcome_unknown` where the node does not know the task.
    public func task(_ upid: UPID) async throws(Failure) -> TaskStatus {
        let answer: APIAnswer
        do throws(Failure) {
            answer = try await send(.get("nodes", upid.node.rawValue, "tasks", upid.description, "status"))
        } catch {
            throw error.about(upid)
        }
        switch answer.data["status"]?.perlText {
        case "running": return .running
        case "stopped": return TaskStatus(exitText: answer.data["exitstatus"]?.perlText ?? "")
        default: throw Failure(.server, "a task's status makes no sense", raw: answer.data.excerpt).about(upid)
        }
    }

    /// A part of a task's log.
    ///
    /// - Parameters:
    ///   - start: How many lines to leave out at the beginning.
    ///   - limit: How many lines to return; 0 for all.
    public func log(_ upid: UPID, start: Int = 0, limit: Int = 50) async throws(Failure) -> TaskLog {
        let answer = try await send(
            .get(
                "nodes", upid.node.rawValue, "tasks", upid.description, "log",
                parameters: [("start", .integer(max(0, start))), ("limit", .integer(max(0, limit)))]))
        // A log that cannot be read comes as one object instead of a list (pve-facts §4).
        let rows = answer.data.array ?? [answer.data]
        let lines = rows.compactMap { row -> TaskLogLine? in
            guard let number = row["n"]?.perlInteger, let text = row["t"]?.perlText else { return nil }
            return TaskLogLine(number: number, text: text)
        }
        return TaskLog(lines: lines, total: answer.total ?? lines.last?.number ?? 0)
    }

    /// A task's log from the first line to the last, read page by page.
    ///
    /// - Parameter maximum: How many lines to return at most; further ones are left out.
    public func wholeLog(_ upid: UPID, maximum: Int = 100_000) async throws(Failure) -> [TaskLogLine] {
        var lines: [TaskLogLine] = []
        while lines.count < maximum {
            let page = try await log(upid, start: lines.count, limit: min(1000, maximum - lines.count))
            lines += page.lines
            if page.lines.isEmpty || lines.count >= page.total { break }
        }
        return lines
    }

    /// Ends a running task: the node asks it to stop and kills it five seconds later (PVE::API2::Tasks).
    ///
    /// Waiting for a task never does this on its own account.
    ///
    /// - Important: Changes the cluster. A lock may be left on the guest, and what the task had begun stays as it is.
    /// - Returns: How the task stands afterwards.
    public func cancel(_ upid: UPID) async throws(Failure) -> TaskStatus {
        do throws(Failure) {
            _ = try await send(
                APICall(.delete, try APIPath("nodes", upid.node.rawValue, "tasks", upid.description)))
        } catch {
            throw error.about(upid)
        }
        return try await task(upid)
    }

    /// The last lines of a task's log, or none where they cannot be had.
    func logTail(_ upid: UPID, count: Int = 10) async -> [String] {
        do throws(Failure) {
            let total = try await log(upid, limit: 1).total
            return try await log(upid, start: max(0, total - count), limit: count).lines.map(\.text)
        } catch {
            return []
        }
    }

    /// How the newest tasks of a node stand, as far as the credential may see them, or nil where they cannot be listed.
    ///
    /// A good end is the same text in the list as in the task's own status. A bad one is left out: a worker that is being
    /// reaped may not have written its last line.
    func states(of tasks: TaskBoard.Wanted, on node: NodeName) async -> [UPID: TaskStatus]? {
        do throws(Failure) {
            let rows = try await self.tasks(on: node, source: .all, since: tasks.since, limit: tasks.limit)
            return Dictionary(
                rows.lazy.filter { $0.status == .running || $0.status.isSuccess }.map { ($0.upid, $0.status) },
                // One that ends while the list is made may be in both its halves.
                uniquingKeysWith: { first, second in first == .running ? second : first })
        } catch {
            return nil
        }
    }
}

extension Failure {
    /// This failure, naming the task and its node.
    func about(_ upid: UPID) -> Failure {
        var failure = self
        failure.upid = upid.description
        failure.node = upid.node.rawValue
        if failure.vmid == nil { failure.vmid = Int(upid.id) }
        return failure
    }
}
