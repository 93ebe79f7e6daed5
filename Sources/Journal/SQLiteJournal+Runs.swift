// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Synchronization
internal import Secrets

extension SQLiteJournal {
    /// Writes down that a run begins, and holds it: while this process lives nobody else may write to it.
    public func beginRun(_ run: RunRecord) throws(Failure) {
        let number = try write(.config, "the run was not begun and nothing was sent") {
            connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                let values = try RunColumns.values(run, without: secrets)
                try connection.query(
                    """
                    INSERT INTO run (id, cluster, script, script_sha256, caller, started, account, origin, source, plan)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, values)
                try audit(
                    AuditEvent(
                        .runBegan, run: run.id, cluster: run.cluster,
                        body: [
                            "script": .string(run.script), "sha256": .string(run.scriptSHA256),
                            "caller": .string(run.caller.rawValue),
                        ]), at: run.started, in: connection)
                return try Self.number(of: run.id, connection)
            }
        }
        guard try locks.take(number) else { throw Self.held(run.id) }
    }

    /// Holds a run that another process has left, to go on with it, and counts that.
    ///
    /// - Throws: ``Failure`` of kind `not_found` where there is no such run, `busy` while somebody is at it.
    public func takeRun(_ id: String) throws(Failure) {
        guard let number = try read({ connection throws(SQLiteError) in try Self.number(of: id, connection) }) else {
            throw Failure(.notFound, "there is no run \(id)", hint: "pvelua runs list")
        }
        guard try locks.take(number) else { throw Self.held(id) }
        _ = silent.withLock { $0.remove(id) }
        let time = now()
        try write(.config, "run \(id) was not resumed") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try connection.query(
                    "UPDATE run SET resumes = resumes + 1, ended = NULL, outcome = NULL, cancel = NULL WHERE id = ?",
                    [.text(id)])
                try audit(AuditEvent(.runResumed, run: id), at: time, in: connection)
            }
        }
    }

    /// Lets a run go without an end, so that another process may take it.
    public func releaseRun(_ id: String) throws(Failure) {
        try endOutput(of: id)
        locks.release(try read { connection throws(SQLiteError) in try Self.number(of: id, connection) })
    }

    /// Whether a living process holds the run.
    public func isHeld(_ id: String) throws(Failure) -> Bool {
        try locks.isTaken(try read { connection throws(SQLiteError) in try Self.number(of: id, connection) })
    }

    /// Writes down how a run ended, and lets it go.
    public func endRun(
        _ run: String, outcome: JSONValue, at time: Double, carrying batch: JournalBatch = JournalBatch()
    ) throws(Failure) {
        let outcome = clean(outcome)
        // Whoever follows the output stops at the end.
        try endOutput(of: run)
        try write(.config, "the end of run \(run) is not recorded") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try put(batch, of: run, at: time, in: connection)
                try connection.query(
                    "UPDATE run SET ended = ?, outcome = ? WHERE id = ? AND ended IS NULL",
                    [.real(time), .text(outcome.text), .text(run)])
                guard connection.changes == 1 else {
                    throw SQLiteError(code: 0, message: "no run \(run) is under way")
                }
                try audit(AuditEvent(.runEnded, run: run, body: outcome), at: time, in: connection)
            }
        }
        try releaseRun(run)
    }

    /// Asks a run to end; whoever holds it looks for that.
    ///
    /// The last wish counts.
    public func cancelRun(_ run: String, _ wish: CancelWish, at time: Double) throws(Failure) {
        try write(.config, "run \(run) goes on") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try connection.query("UPDATE run SET cancel = ? WHERE id = ?", [.text(wish.rawValue), .text(run)])
                try audit(
                    AuditEvent(.runCanceled, run: run, body: ["wish": .string(wish.rawValue)]), at: time, in: connection
                )
            }
        }
    }

    /// How a run is asked to end; nil where nobody has asked.
    public func cancelWish(of run: String) throws(Failure) -> CancelWish? {
        try read { connection throws(SQLiteError) in
            try connection.query("SELECT cancel FROM run WHERE id = ?", [.text(run)])
        }.first?.text(0).flatMap(CancelWish.init(rawValue:))
    }

    /// One run, or nil where there is none of that name.
    public func run(_ id: String) throws(Failure) -> RunRecord? {
        try read { connection throws(SQLiteError) in
            try connection.query("SELECT \(RunColumns.names) FROM run WHERE id = ?", [.text(id)])
        }.compactMap(RunColumns.record).first
    }

    /// The latest runs, newest first.
    public func runs(limit: Int) throws(Failure) -> [RunRecord] {
        try read { connection throws(SQLiteError) in
            try connection.query(
                "SELECT \(RunColumns.names) FROM run ORDER BY started DESC, id DESC LIMIT ?",
                [SQLiteValue(max(limit, 0))])
        }.compactMap(RunColumns.record)
    }

    /// The next number of a counter, never handed out twice: the first one, or one more than the last.
    public func nextNumber(counter: String, first: Int) throws(Failure) -> Int {
        let number = try write(.config, "no number was taken") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                try connection.query(
                    """
                    INSERT INTO counter (name, value) VALUES (?1, ?2)
                    ON CONFLICT (name) DO UPDATE SET value = max(value + 1, ?2) RETURNING value
                    """, [.text(counter), SQLiteValue(first)]
                ).first?.integer(0)
            }
        }
        guard let number else { throw Failure(.config, "the journal \(place) gave no number for \(counter)") }
        return number
    }

    private static func held(_ run: String) -> Failure {
        Failure(
            .busy, "run \(run) is going on in another process", hint: "watch it: pvelua runs show --follow \(run)")
    }

    static func number(of run: String, _ connection: SQLiteConnection) throws(SQLiteError) -> Int? {
        try connection.query("SELECT rowid FROM run WHERE id = ?", [.text(run)]).first?.integer(0)
    }
}
