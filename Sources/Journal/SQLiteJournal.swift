// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
public import Secrets
internal import Synchronization

/// The journal in an SQLite file, shared by all pvelua processes of a person.
public final class SQLiteJournal: JournalStore, PlanStore, AuditArchive {
    private let connection: Mutex<SQLiteConnection>
    let place: String
    /// Who writes, as the audit names them.
    let account: String
    /// The time of day, in seconds since 1970.
    let now: @Sendable () -> Double
    let locks: RunLocks
    /// What may not be written down.
    let secrets: SecretBook
    /// Output that comes in pieces, by run and stream, as far as a secret may be cut in two there.
    let streams = Mutex<[String: [Int: SecretStream]]>([:])
    /// Runs that came to their end, whose last words do not wait for more.
    let silent = Mutex<Set<String>>([])
    /// Where copies of the audit's rows go.
    let copies: (any AuditCopy)?
    /// The runs that a rehearsal has copied: they count, but nobody has to wait for them, as its twin has no such tasks.
    let rehearsed = Mutex<Set<String>>([])
    /// Clusters that are gone with the process that they are in: what another process has left open there hinders nobody.
    let passing = Mutex<Set<String>>([])
    /// The boot of this machine; nil where it cannot be told.
    let boot = MachineBoot.id()

    /// Opens the journal, making its folder (0700) and file (0600) where they are missing.
    ///
    /// - Throws: ``Failure`` of kind `config` where that cannot be done, or the file was written by a newer pvelua.
    ///
    /// - Parameters:
    ///   - account: Who writes, such as `alice@ws1`; the audit names them.
    ///   - now: The time of day for what is audited without a time of its own, in seconds since 1970.
    ///   - copies: Gets a copy of each row of the audit once it is on disk.
    ///   - secrets: What is not written down, whoever writes it.
    ///   - passing: Clusters that are gone with the process that they are in.
    public convenience init(
        path: String, account: String = "unknown", now: @escaping @Sendable () -> Double = MachineBoot.time,
        copies: (any AuditCopy)? = nil, secrets: SecretBook = SecretBook(), passing: Set<String> = []
    ) throws(Failure) {
        try PrivateStorage.makeFile(path)
        try self.init(database: path, account, now, copies, secrets)
        self.passing.withLock { $0 = passing }
    }

    /// A journal that lives as long as this value, for tests and dry runs.
    public static func inMemory(
        now: @escaping @Sendable () -> Double = MachineBoot.time, secrets: SecretBook = SecretBook()
    ) throws(Failure) -> SQLiteJournal { try SQLiteJournal(database: ":memory:", "unknown", now, nil, secrets) }

    private convenience init(
        database: String, _ account: String, _ now: @escaping @Sendable () -> Double, _ copies: (any AuditCopy)?,
        _ secrets: SecretBook
    ) throws(Failure) {
        let opened: SQLiteConnection
        do {
            opened = try SQLiteConnection(path: database)
        } catch {
            throw Self.cannotOpen(database, error)
        }
        try self.init(adopting: opened, place: database, account: account, now: now, copies: copies, secrets: secrets)
    }

    /// Takes over an open connection, whose file it brings up to date.
    init(
        adopting opened: sending SQLiteConnection, place: String, account: String = "unknown",
        now: @escaping @Sendable () -> Double = MachineBoot.time, copies: (any AuditCopy)? = nil,
        secrets: SecretBook = SecretBook()
    ) throws(Failure) {
        opened.secrets = secrets
        do {
            try JournalSchema.migrate(opened) { (connection) throws(SQLiteError) in
                try Self.beginChain(by: account, at: now(), in: connection)
            }
        } catch {
            throw Self.cannotOpen(place, error)
        }
        self.place = place
        self.account = account
        self.now = now
        self.copies = copies
        self.secrets = secrets
        locks = RunLocks(beside: place)
        connection = Mutex(opened)
    }

    private static func cannotOpen(_ place: String, _ error: SQLiteError) -> Failure {
        Failure(.config, "the journal \(place) cannot be opened: \(error)")
    }

    /// A value as it may be written down: without what is secret by its name, and without any secret that is known.
    func clean(_ value: JSONValue) -> JSONValue { secrets.scrub(Redaction.redacted(value)) }

    @discardableResult
    func write<T: Sendable>(
        _ kind: ErrorKind, _ fact: String, _ body: (SQLiteConnection) throws(SQLiteError) -> T
    ) throws(Failure) -> T {
        let (result, rows): (T, [AuditRow])
        do {
            (result, rows) = try connection.withLock { connection throws(SQLiteError) in
                (try body(connection), connection.takeDurableRows())
            }
        } catch {
            throw Failure(
                kind, "the journal cannot be written: \(error.message); \(fact)",
                hint: "see \(place) and the space on its disk")
        }
        if let copies, !rows.isEmpty { copies.copy(rows) }
        return result
    }

    func read<T: Sendable>(_ body: (SQLiteConnection) throws(SQLiteError) -> T) throws(Failure) -> T {
        do {
            return try connection.withLock { connection throws(SQLiteError) in try body(connection) }
        } catch {
            throw Failure(.config, "the journal \(place) cannot be read: \(error.message)")
        }
    }
}
