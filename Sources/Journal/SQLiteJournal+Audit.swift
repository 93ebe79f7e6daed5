// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension SQLiteJournal {
    /// Audits what has no step of its own; durable when it returns.
    public func audit(_ event: AuditEvent, at time: Double) throws(Failure) {
        try write(.config, "it is not audited") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in try audit(event, at: time, in: connection) }
        }
    }

    /// The rows behind one, in order.
    public func auditRows(after sequence: Int, limit: Int) throws(Failure) -> [AuditRow] {
        try read { connection throws(SQLiteError) in
            try connection.query(
                """
                SELECT sequence, at, account, kind, run, step, cluster, body, hash FROM audit WHERE sequence > ?
                ORDER BY sequence LIMIT ?
                """, [SQLiteValue(sequence), SQLiteValue(max(limit, 0))])
        }.compactMap(AuditRow.init)
    }

    /// Writes one row in the transaction that it belongs to, bound to the last one.
    func audit(_ event: AuditEvent, at time: Double, in connection: SQLiteConnection) throws(SQLiteError) {
        let last = try connection.query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").first
        var row = AuditRow(
            sequence: (last?.integer(0) ?? 0) + 1, time: time, account: account, kind: event.kind.rawValue,
            run: event.run, step: event.step, cluster: event.cluster, body: Redaction.redacted(event.body).text,
            hash: "")
        row.hash = row.expectedHash(after: last?.text(1) ?? AuditRow.origin)
        try connection.query(
            "INSERT INTO audit (sequence, at, account, kind, run, step, cluster, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                SQLiteValue(row.sequence), .real(row.time), .text(row.account), .text(row.kind), SQLiteValue(row.run),
                SQLiteValue(row.step), SQLiteValue(row.cluster), .text(row.body), .text(row.hash),
            ])
    }
}

extension AuditRow {
    init?(_ row: SQLiteRow) {
        guard let sequence = row.integer(0), let time = row.real(1), let account = row.text(2), let kind = row.text(3),
            let body = row.text(7), let hash = row.text(8)
        else { return nil }
        self.init(
            sequence: sequence, time: time, account: account, kind: kind, run: row.text(4), step: row.integer(5),
            cluster: row.text(6), body: body, hash: hash)
    }
}
