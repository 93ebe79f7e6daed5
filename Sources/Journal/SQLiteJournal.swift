// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Synchronization

/// The journal in an SQLite file, shared by all pvelua processes of a person.
public final class SQLiteJournal: JournalStore {
    private let connection: Mutex<SQLiteConnection>
    private let place: String

    /// Opens the journal, making its folder (0700) and file (0600) where they are missing.
    ///
    /// - Throws: ``Failure`` of kind `config` where that cannot be done, or the file was written by a newer pvelua.
    public convenience init(path: String) throws(Failure) {
        try PrivateStorage.makeFile(path)
        try self.init(database: path)
    }

    /// A journal that lives as long as this value, for tests and dry runs.
    public static func inMemory() throws(Failure) -> SQLiteJournal { try SQLiteJournal(database: ":memory:") }

    private convenience init(database: String) throws(Failure) {
        let opened: SQLiteConnection
        do {
            opened = try SQLiteConnection(path: database)
        } catch {
            throw Self.cannotOpen(database, error)
        }
        try self.init(adopting: opened, place: database)
    }

    /// Takes over an open connection, whose file it brings up to date.
    init(adopting opened: sending SQLiteConnection, place: String) throws(Failure) {
        do {
            try JournalSchema.migrate(opened)
        } catch {
            throw Self.cannotOpen(place, error)
        }
        self.place = place
        connection = Mutex(opened)
    }

    private static func cannotOpen(_ place: String, _ error: SQLiteError) -> Failure {
        Failure(.config, "the journal \(place) cannot be opened: \(error)")
    }

    /// Writes down that a run begins.
    public func beginRun(_ run: RunRecord) throws(Failure) {
        try write(.config, "the run was not begun and nothing was sent") { connection throws(SQLiteError) in
            try connection.query(
                "INSERT INTO run (id, cluster, script, script_sha256, caller, started) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .text(run.id), .text(run.cluster), .text(run.script), .text(run.scriptSHA256),
                    .text(run.caller.rawValue), .real(run.started),
                ])
        }
    }

    /// Writes down how a run ended.
    public func endRun(_ run: String, outcome: JSONValue, at time: Double) throws(Failure) {
        try write(.config, "the end of run \(run) is not recorded") { connection throws(SQLiteError) in
            try connection.query(
                "UPDATE run SET ended = ?, outcome = ? WHERE id = ? AND ended IS NULL",
                [.real(time), .text(Redaction.redacted(outcome).text), .text(run)])
            guard connection.changes == 1 else { throw SQLiteError(code: 0, message: "no run \(run) is under way") }
        }
    }

    /// Writes down what is about to be sent and returns the step's number in its run, from 1.
    ///
    /// - Parameters:
    ///   - replaced: A failed step of the run that this is a second attempt at; it no longer counts.
    ///   - admission: Asked in the same transaction, with what else was begun, whether this may be.
    public func recordIntent(
        run: String, _ intent: StepIntent, at time: Double, replacing replaced: Int? = nil,
        admission: StepAdmission? = nil
    ) throws(Failure) -> Int {
        try write(.config, "nothing was sent") { connection throws(SQLiteError) -> Result<Int, Failure> in
            try connection.transaction { () throws(SQLiteError) in
                if let refusal = try Self.refusal(of: intent, at: time, in: connection) { return .failure(refusal) }
                if let admission {
                    let history = try StepHistory(
                        for: admission, before: run, replacing: replaced, at: time, in: connection)
                    do throws(Failure) { try admission.admit(history) } catch { return .failure(error) }
                }
                if let replaced {
                    try connection.query(
                        "UPDATE step SET counts = 0 WHERE run = ? AND sequence = ?",
                        [.text(run), SQLiteValue(replaced)])
                }
                let last = try connection.query(
                    "SELECT coalesce(max(sequence), 0) FROM step WHERE run = ?", [.text(run)])
                let sequence = (last.first?.integer(0) ?? 0) + 1
                try connection.query(
                    """
                    INSERT INTO step (run, sequence, cluster, actions, method, path, parameters, vmid, node, identity, state,
                        guests, intended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [.text(run), SQLiteValue(sequence)] + StepColumns.values(intent) + [.real(time)])
                return .success(sequence)
            }
        }.get()
    }

    /// Writes down that the bytes are about to leave.
    public func recordSent(run: String, step: Int, at time: Double) throws(Failure) {
        try move(run, step, to: .sent, "nothing was sent", set: "sent = ?", [.real(time)])
    }

    /// Writes down that Proxmox took the call, with the task it became.
    public func recordAccepted(run: String, step: Int, upid: String?, at time: Double) throws(Failure) {
        try move(
            run, step, to: .accepted, "the call was sent\(upid.map { " and is task \($0)" } ?? "")",
            set: "accepted = ?, upid = ?", [.real(time), SQLiteValue(upid)])
    }

    /// Writes down what came of the call; `in_doubt` may later be replaced, everything else is final.
    public func recordOutcome(
        run: String, step: Int, _ state: StepState, outcome: JSONValue, at time: Double
    ) throws(Failure) {
        try move(
            run, step, to: state, "the call came out as \(state.rawValue)", set: "ended = ?, outcome = ?",
            [.real(time), .text(Redaction.redacted(outcome).text)])
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

    /// The calls of a run, in order.
    public func steps(of run: String) throws(Failure) -> [StepRecord] {
        try read { connection throws(SQLiteError) in
            try connection.query("SELECT \(StepColumns.names) FROM step WHERE run = ? ORDER BY sequence", [.text(run)])
        }.compactMap(StepColumns.record)
    }

    private func move(
        _ run: String, _ step: Int, to state: StepState, _ fact: String, set: String, _ values: [SQLiteValue]
    ) throws(Failure) {
        let allowed = state.predecessors.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        // Before the bytes leave, a journal that cannot be written only stops the run.
        try write(state == .sent ? .config : .inDoubt, fact) { connection throws(SQLiteError) in
            try connection.query(
                "UPDATE step SET state = ?, \(set) WHERE run = ? AND sequence = ? AND state IN (\(allowed))",
                [.text(state.rawValue)] + values + [.text(run), SQLiteValue(step)])
            guard connection.changes == 1 else {
                throw SQLiteError(code: 0, message: "step \(step) of run \(run) cannot become \(state.rawValue)")
            }
        }
    }

    @discardableResult
    func write<T: Sendable>(
        _ kind: ErrorKind, _ fact: String, _ body: (SQLiteConnection) throws(SQLiteError) -> T
    ) throws(Failure) -> T {
        do {
            return try connection.withLock { connection throws(SQLiteError) in try body(connection) }
        } catch {
            throw Failure(
                kind, "the journal cannot be written: \(error.message); \(fact)",
                hint: "see \(place) and the space on its disk", raw: error.description)
        }
    }

    func read<T: Sendable>(_ body: (SQLiteConnection) throws(SQLiteError) -> T) throws(Failure) -> T {
        do {
            return try connection.withLock { connection throws(SQLiteError) in try body(connection) }
        } catch {
            throw Failure(.config, "the journal \(place) cannot be read: \(error.message)", raw: error.description)
        }
    }
}
