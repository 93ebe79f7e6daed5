// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Synchronization

extension SQLiteJournal: RunArchive {
    /// The runs that pass a filter, newest first, each with how its changes stand; one query for all of them.
    public func summaries(_ filter: RunFilter) throws(Failure) -> [RunSummary] {
        // Whether anybody is at a run is no column: of the few runs without an end all are looked at.
        let isOpenOnly = filter.standing == .running || filter.standing == .dead
        let limit = isOpenOnly ? Int(Int32.max) : max(filter.limit, 0)
        var conditions: [String] = []
        var values: [SQLiteValue] = [SQLiteValue(limit)]
        func add(_ condition: String, _ value: SQLiteValue) {
            values.append(value)
            conditions.append("\(condition) ?\(values.count)")
        }
        if let id = filter.id { add("id =", .text(id)) }
        if let cluster = filter.cluster { add("cluster =", .text(cluster)) }
        if let since = filter.since { add("started >=", .real(since)) }
        switch filter.standing {
        case .running, .dead: conditions.append("ended IS NULL")
        case .ended: conditions.append("ended IS NOT NULL AND \(Self.status) = 0")
        case .failed: conditions.append("ended IS NOT NULL AND \(Self.status) IS NOT 0")
        case .inDoubt:
            conditions.append("id IN (SELECT run FROM step WHERE state = '\(StepState.inDoubt.rawValue)')")
        case nil: break
        }
        let rows = try summaryRows(conditions.joined(separator: " AND "), values)
        guard isOpenOnly else { return rows }
        return Array(rows.filter { $0.isHeld == (filter.standing == .running) }.prefix(max(filter.limit, 0)))
    }

    /// The names that begin with a text, newest first.
    public func runs(beginning prefix: String, limit: Int) throws(Failure) -> [RunSummary] {
        try summaryRows(
            "id >= ?2 AND id < ?3", [SQLiteValue(max(limit, 0)), .text(prefix), .text(prefix + "\u{10ffff}")])
    }

    /// How much a run has kept.
    public func keepings(of run: String) throws(Failure) -> RunKeepings {
        try read { connection throws(SQLiteError) in
            var result = RunKeepings()
            let count = try connection.query("SELECT count(*) FROM call WHERE run = ?", [.text(run)])
            result.calls = count.first?.integer(0) ?? 0
            result.modules = try connection.query("SELECT name FROM module WHERE run = ? ORDER BY name", [.text(run)])
                .compactMap { $0.text(0) }
            result.plan = try connection.query("SELECT digest FROM plan_use WHERE run = ?", [.text(run)]).first?.text(0)
            let size = try connection.query(
                "SELECT coalesce(sum(length(body)), 0) FROM output WHERE run = ?", [.text(run)])
            result.outputBytes = size.first?.integer(0) ?? 0
            return result
        }
    }

    /// What the audit tells of a run besides its steps' states, oldest first.
    public func auditRows(of run: String, kinds: [AuditEvent.Kind]) throws(Failure) -> [AuditRow] {
        let names = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try read { connection throws(SQLiteError) in
            try connection.query(
                """
                SELECT sequence, at, account, kind, run, step, cluster, body, hash FROM audit
                WHERE run = ? AND kind IN (\(names)) ORDER BY sequence
                """, [.text(run)])
        }.compactMap { AuditRow($0) }
    }

    private static let status =
        "CASE WHEN json_valid(outcome) THEN json_extract(outcome, '$.status') END"
    private static let accident =
        "CASE WHEN json_valid(outcome) THEN coalesce(json_extract(outcome, '$.accident'), 0) END"
    private static let undone =
        "CASE WHEN json_valid(outcome) THEN coalesce(json_extract(outcome, '$.undone'), 0) END"

    /// Few runs are chosen first; only their steps are counted, by the steps' key.
    private func summaryRows(_ condition: String, _ values: [SQLiteValue]) throws(Failure) -> [RunSummary] {
        let states = StepState.allCases.map { "sum(step.state = '\($0.rawValue)')" }.joined(separator: ", ")
        let query = """
            WITH chosen AS (
                SELECT rowid AS number, id, cluster, script, caller, account, started, ended, \(Self.status) AS status,
                    resumes, cancel,
                    CASE WHEN json_valid(origin) THEN coalesce(json_extract(origin, '$.detached'), 0) END AS detached,
                    source IS NOT NULL AS resumable, \(Self.accident) AS accident, \(Self.undone) AS undone
                FROM run\(condition.isEmpty ? "" : " WHERE " + condition) ORDER BY started DESC, id DESC LIMIT ?1)
            SELECT number, chosen.id, chosen.cluster, script, caller, account, started, chosen.ended, status, resumes,
                cancel, detached, resumable, accident, undone, (SELECT max(id) FROM run WHERE id < chosen.id),
                (SELECT min(id) FROM run WHERE id > chosen.id),
                max(max(step.intended, coalesce(step.sent, 0), coalesce(step.accepted, 0), coalesce(step.ended, 0))), \(states)
            FROM chosen LEFT JOIN step ON step.run = chosen.id
            GROUP BY number ORDER BY started DESC, chosen.id DESC
            """
        let rows = try read { connection throws(SQLiteError) in try connection.query(query, values) }
        var result: [RunSummary] = []
        for row in rows {
            guard var summary = RunSummary(row) else { continue }
            summary.isHeld = try locks.isTaken(row.integer(0))
            summary.isGone = !summary.isHeld && passing.withLock { $0.contains(summary.cluster) }
            result.append(summary)
        }
        return result
    }
}

extension RunSummary {
    fileprivate init?(_ row: SQLiteRow) {
        guard let id = row.text(1), let cluster = row.text(2), let script = row.text(3),
            let caller = row.text(4).flatMap(Caller.init(rawValue:)), let started = row.real(6)
        else { return nil }
        self.id = id
        self.cluster = cluster
        self.script = script
        self.caller = caller
        account = row.text(5)
        self.started = started
        ended = row.real(7)
        status = row.integer(8)
        resumes = row.integer(9) ?? 0
        cancel = row.text(10).flatMap(CancelWish.init(rawValue:))
        isDetached = row.integer(11) == 1
        isResumable = row.integer(12) == 1
        isAccident = row.integer(13) == 1
        isUndone = row.integer(14) == 1
        let shared = [row.text(15), row.text(16)].compactMap { $0?.commonPrefix(with: id) }.max() ?? 0
        distinctLength = min(shared + 1, id.count)
        lastActivity = row.real(17)
        isHeld = false
        changes = [:]
        for (index, state) in StepState.allCases.enumerated() {
            if let count = row.integer(18 + index), count > 0 { changes[state] = count }
        }
    }
}

extension String {
    /// How many characters both begin with.
    fileprivate func commonPrefix(with other: String) -> Int { zip(self, other).prefix { $0 == $1 }.count }
}
