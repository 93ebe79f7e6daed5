// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Proxmox

/// The task lists of all nodes, and how far back each goes.
struct TaskLists: Sendable {
    /// The list of one node.
    struct List: Sendable {
        var rows: [TaskRow]
        /// From when on it holds every task, by the node's clock; nil where the node could not be asked.
        var covers: Int?
        var problem: String?
    }

    var nodes: [String: List]

    /// How many rows are read of a node at most.
    private static let most = 5000

    /// Reads them; a node that does not answer is noted, and its tasks are not judged.
    static func read(_ client: ProxmoxClient, since: Int) async throws(Failure) -> TaskLists {
        var nodes: [String: List] = [:]
        for resource in try await client.resources(type: .node) {
            guard let node = resource.node else { continue }
            do throws(Failure) {
                nodes[node.rawValue] = try await read(client, node, since)
            } catch {
                nodes[node.rawValue] = List(rows: [], covers: nil, problem: error.message)
            }
        }
        return TaskLists(nodes: nodes)
    }

    private static func read(_ client: ProxmoxClient, _ node: NodeName, _ since: Int) async throws(Failure) -> List {
        var rows: [TaskRow] = []
        // Without `since`, which would hide whether the list reaches back that far.
        while rows.count < most {
            let page = try await client.tasks(on: node, source: .all, start: rows.count, limit: 500)
            rows += page
            if page.count < 500 || page.contains(where: { $0.upid.startTime < since }) { break }
        }
        let oldest = rows.map(\.upid.startTime).min()
        // A list that ends behind the beginning either lost its older rows or never had any: only what it shows is sure.
        return List(rows: rows, covers: oldest.map { max($0, since) } ?? Int.max, problem: nil)
    }
}

/// What the journal says of tasks, held against what the cluster says.
struct TaskComparison: Sendable {
    /// Something that does not fit.
    struct Finding: Hashable, Sendable {
        /// What it is.
        enum Kind: String, Sendable {
            case noStep = "no step"
            case noTask = "no task"
            case differs = "differs"
        }

        var kind: Kind
        var upid: String
        var run: String?
        var step: Int?
        var text: String
    }

    /// Who we are there, as UPIDs write it.
    let identity: String
    let since: Double
    let steps: [StepRecord]
    let lists: TaskLists

    /// How far clocks may be apart, in seconds.
    static let slack = 300.0

    /// Our tasks within the time.
    private var own: [TaskRow] {
        lists.nodes.values.flatMap(\.rows).filter {
            $0.upid.user == identity && Double($0.upid.startTime) >= since
        }
    }

    /// How many tasks are ours.
    var ownCount: Int { own.count }

    /// What could not be looked at.
    var unseen: [String] {
        let tasks = Dictionary(grouping: steps.compactMap { $0.upid.flatMap { UPID($0) } }, by: \.node.rawValue)
        let absent = tasks.keys.filter { lists.nodes[$0] == nil }.sorted().map { node in
            "\(node) is not in the cluster; of its tasks \(tasks[node]?.count ?? 0) are not judged"
        }
        return absent
            + lists.nodes.sorted { $0.key < $1.key }.compactMap { node, list in
                if let problem = list.problem { return "\(node) could not be asked: \(problem)" }
                if let count = tasks[node]?.count, list.rows.isEmpty {
                    return "the list of \(node) is empty; of its tasks \(count) are not judged"
                }
                guard let covers = list.covers, Double(covers) > since, covers != Int.max else { return nil }
                return "the list of \(node) begins at \(UTCTime.text(Double(covers))); what is older is not judged"
            }
    }

    /// All that does not fit, oldest task first.
    func findings() -> [Finding] {
        let known = Set(steps.compactMap(\.upid))
        let rows = Dictionary(
            lists.nodes.values.flatMap(\.rows).map { ($0.upid.description, $0) },
            uniquingKeysWith: { first, _ in first })
        var found: [(Int, Finding)] = []
        for row in own where !known.contains(row.upid.description) && !isChild(row, of: known) {
            found.append(
                (
                    row.upid.startTime,
                    Finding(
                        kind: .noStep, upid: row.upid.description,
                        text: "\(row.upid.type) \(row.upid.id) at \(UTCTime.text(Double(row.upid.startTime))), "
                            + Self.word(row.status))
                ))
        }
        for step in steps {
            guard let text = step.upid, let upid = UPID(text) else { continue }
            if let finding = judge(step, upid, rows[text]) { found.append((upid.startTime, finding)) }
        }
        return found.sorted { ($0.0, $0.1.upid) < ($1.0, $1.1.upid) }.map(\.1)
    }

    private func judge(_ step: StepRecord, _ upid: UPID, _ row: TaskRow?) -> Finding? {
        func finding(_ kind: Finding.Kind, _ text: String) -> Finding {
            Finding(kind: kind, upid: upid.description, run: step.run, step: step.sequence, text: text)
        }
        guard let row else {
            guard Double(upid.startTime) >= since, let covers = lists.nodes[upid.node.rawValue]?.covers,
                upid.startTime > covers
            else { return nil }
            return finding(.noTask, "the journal says \(step.state.rawValue), and \(upid.node) knows no such task")
        }
        let said = "the journal says \(step.state.rawValue), the task \(Self.word(row.status))"
        switch (step.state, row.status) {
        case (.done, .error), (.doneWithWarnings, .error), (.notHappened, _): return finding(.differs, said)
        case (.done, .running), (.doneWithWarnings, .running), (.failed, .running): return finding(.differs, said)
        case (.failed, .ok) where step.outcome?["kind"]?.string == ErrorKind.taskFailed.rawValue:
            return finding(.differs, said)
        case (.accepted, .ok), (.accepted, .warnings), (.accepted, .error), (.accepted, .unknown):
            return finding(.differs, said + "; resume the run: pvelua runs resume \(step.run)")
        default: return nil
        }
    }

    /// Whether a task was started by another task of ours, such as the start behind a clone: same guest, begun while the other
    /// went on.
    private func isChild(_ row: TaskRow, of known: Set<String>) -> Bool {
        guard ["qmstart", "vzstart", "hastart", "qmstop", "vzstop", "qmshutdown", "vzshutdown"].contains(row.upid.type)
        else { return false }
        return own.contains { parent in
            known.contains(parent.upid.description) && Self.parents.contains(parent.upid.type)
                && (parent.upid.id == row.upid.id || parent.upid.id.isEmpty)
                && parent.upid.startTime <= row.upid.startTime
                && row.upid.startTime <= (parent.endTime ?? Int.max)
        }
    }

    /// Tasks that start others (pve-facts §7): creating, restoring, rolling back, and all guests of a node at once.
    private static let parents: Set<String> = [
        "qmcreate", "qmrestore", "vzcreate", "vzrestore", "qmrollback", "vzrollback", "startall", "stopall",
    ]

    private static func word(_ status: TaskStatus) -> String {
        switch status {
        case .running: "goes on"
        case .ok: "ended OK"
        case .warnings(let count): "ended with \(count) warning\(count == 1 ? "" : "s")"
        case .error(let text): "failed: \(text.prefix(120))"
        case .unknown(let text): "ended unknown: \(text.prefix(120))"
        }
    }
}
