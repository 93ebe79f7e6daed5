// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
internal import Secrets

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
        }.compactMap { AuditRow($0) }
    }

    /// The last row of the chain, or nil where nothing has been audited.
    public func lastAuditRow() throws(Failure) -> AuditRow? {
        try read { connection throws(SQLiteError) in
            try connection.query(
                """
                SELECT sequence, at, account, kind, run, step, cluster, body, hash FROM audit
                ORDER BY sequence DESC LIMIT 1
                """)
        }.compactMap { AuditRow($0) }.first
    }

    /// Writes one row in the transaction that it belongs to, bound to the last one.
    func audit(_ event: AuditEvent, at time: Double, in connection: SQLiteConnection) throws(SQLiteError) {
        try Self.audit(event, by: account, at: time, in: connection, secrets)
    }

    /// Begins the chain of a journal that an older pvelua filled: what it holds already is counted, since no row tells of it.
    static func beginChain(
        by account: String, at time: Double, in connection: SQLiteConnection
    ) throws(SQLiteError) {
        let counts = try connection.query(
            "SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM step)"
        ).first
        try audit(
            AuditEvent(
                .chainBegan,
                body: ["runs": JSONValue(counts?.integer(0) ?? 0), "steps": JSONValue(counts?.integer(1) ?? 0)]),
            by: account, at: time, in: connection)
    }

    private static func audit(
        _ event: AuditEvent, by account: String, at time: Double, in connection: SQLiteConnection,
        _ secrets: SecretBook = SecretBook()
    ) throws(SQLiteError) {
        let last = try end(of: connection)
        let time = event.time ?? time
        var row = AuditRow(
            // SQLite keeps no NaN and no negative zero: what is hashed must be what is kept.
            sequence: last.sequence + 1, time: time.isFinite ? time + 0.0 : 0, account: secrets.scrub(account),
            kind: event.kind.rawValue, run: event.run, step: event.step,
            cluster: event.cluster.map { secrets.scrub($0) },
            body: AuditText.body(of: event, without: secrets), hash: "")
        row.hash = row.expectedHash(after: last.hash)
        try connection.query(
            "INSERT INTO audit (sequence, at, account, kind, run, step, cluster, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                SQLiteValue(row.sequence), .real(row.time), .text(row.account), .text(row.kind), SQLiteValue(row.run),
                SQLiteValue(row.step), SQLiteValue(row.cluster), .text(row.body), .text(row.hash),
            ])
        try connection.query(
            "INSERT OR REPLACE INTO audit_head (id, sequence, hash) VALUES (1, ?, ?)",
            [SQLiteValue(row.sequence), .text(row.hash)])
        connection.wrote(row)
    }

    /// Where the chain goes on.
    ///
    /// The head counts even where rows before it are gone, so that the gap stays to be seen.
    private static func end(of connection: SQLiteConnection) throws(SQLiteError) -> (sequence: Int, hash: String) {
        let row = try connection.query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").first
        let head = try connection.query("SELECT sequence, hash FROM audit_head WHERE id = 1").first
        let last = (row?.integer(0) ?? 0, row?.text(1) ?? AuditRow.origin)
        guard let sequence = head?.integer(0), let hash = head?.text(1), sequence >= last.0 else { return last }
        return (sequence, hash)
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
