// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension SQLiteJournal {
    /// Writes down a freeze and returns the one that stands then: of several the one that ends last.
    public func freeze(_ freeze: FreezeRecord) throws(Failure) -> FreezeRecord {
        try write(.config, "nothing was frozen") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try connection.query(
                    "INSERT INTO freeze (began, until, reason, account) VALUES (?, ?, ?, ?)",
                    [.real(freeze.began), .real(freeze.until), .text(freeze.reason), .text(freeze.account)])
                try audit(
                    AuditEvent(
                        .freeze,
                        body: [
                            "by": .string(freeze.account), "reason": .string(freeze.reason),
                            "until": .number(freeze.until),
                        ]), at: freeze.began, in: connection)
                return try Self.standing(connection, at: freeze.began) ?? freeze
            }
        }
    }

    /// The freeze that stands, or nil where changes are free.
    public func standingFreeze(at time: Double) throws(Failure) -> FreezeRecord? {
        try read { connection throws(SQLiteError) in try Self.standing(connection, at: time) }
    }

    /// Ends every freeze that stands, and says whether there was one.
    public func liftFreeze(at time: Double) throws(Failure) -> Bool {
        try write(.config, "what was frozen stays so") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try connection.query("UPDATE freeze SET lifted = ?1 WHERE lifted IS NULL AND until > ?1", [.real(time)])
                let count = connection.changes
                guard count > 0 else { return false }
                try audit(AuditEvent(.thaw, body: ["freezes": JSONValue(count)]), at: time, in: connection)
                return true
            }
        }
    }

    /// The refusal of a change in a transaction that is about to record it; nil where it may be recorded.
    ///
    /// Asked there and not only before, as whoever freezes counts on it that no later intent is recorded.
    static func refusal(
        of intent: StepIntent, at time: Double, in connection: SQLiteConnection
    ) throws(SQLiteError) -> Failure? {
        guard intent.actions.contains(where: { !$0.isRead }) else { return nil }
        return try standing(connection, at: time)?.refusal
    }

    /// One whose beginning lies ahead stands as well: a clock that was put back opens nothing.
    private static func standing(
        _ connection: SQLiteConnection, at time: Double
    ) throws(SQLiteError) -> FreezeRecord? {
        let rows = try connection.query(
            """
            SELECT began, until, reason, account FROM freeze WHERE lifted IS NULL AND until > ?
            ORDER BY until DESC, id LIMIT 1
            """, [.real(time)])
        guard let row = rows.first, let began = row.real(0), let until = row.real(1), let reason = row.text(2),
            let account = row.text(3)
        else { return nil }
        return FreezeRecord(began: began, until: until, reason: reason, account: account)
    }
}
