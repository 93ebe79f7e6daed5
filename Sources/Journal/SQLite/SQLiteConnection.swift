// SPDX-License-Identifier: Apache-2.0
internal import CSQLite
internal import Secrets

/// One connection to a database file, for one owner at a time.
///
/// Opened so that what a statement wrote is on disk when it returns: write-ahead log, `synchronous=FULL`.
final class SQLiteConnection {
    private var handle: OpaquePointer?
    private var statements: [String: SQLiteStatement] = [:]
    /// Rows of the audit that were committed and not yet taken, and how many of them are on disk.
    private var rows: [AuditRow] = []
    private var durable = 0
    /// What may stand in no text that goes in, whoever writes it.
    var secrets = SecretBook()

    /// Opens a file, or a database in memory for the path `:memory:`.
    init(path: String) throws(SQLiteError) {
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK else {
            let error = error(code)
            sqlite3_close_v2(handle)
            handle = nil
            throw error
        }
        // Another pvelua holds the lock for one small transaction; five seconds are plenty.
        sqlite3_busy_timeout(handle, 5000)
        try execute("PRAGMA journal_mode=WAL")
        try execute("PRAGMA synchronous=FULL")
        try execute("PRAGMA foreign_keys=ON")
        try execute("PRAGMA trusted_schema=OFF")
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs statements without values, separated by semicolons.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    func query(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> [SQLiteRow] {
        try statement(sql).rows(
            values.map { value in
                if case .text(let text) = value { .text(secrets.scrub(text)) } else { value }
            })
    }

    /// The number of rows the last statement changed.
    var changes: Int { Int(sqlite3_changes64(handle)) }

    /// Runs a body in a transaction that takes the write lock at once, and undoes everything when the body throws.
    ///
    /// - Parameter isDurable: Whether it is on disk when this returns. Otherwise it survives the end of the process, but not
    ///   that of the machine until a later durable one.
    func transaction<T>(
        isDurable: Bool = true, _ body: () throws(SQLiteError) -> T
    ) throws(SQLiteError) -> T {
        guard !hasMoved else {
            throw SQLiteError(code: SQLITE_READONLY, message: "its file was deleted or replaced meanwhile")
        }
        if !isDurable { try execute("PRAGMA synchronous=NORMAL") }
        defer { if !isDurable { try? execute("PRAGMA synchronous=FULL") } }
        try execute("BEGIN IMMEDIATE")
        let before = rows.count
        do {
            let result = try body()
            try execute("COMMIT")
            if isDurable { durable = rows.count }
            return result
        } catch {
            rows.removeLast(rows.count - before)
            // After an I/O error SQLite may have rolled back by itself; then there is nothing left to undo.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Whether the file is no longer at its place: SQLite would go on to write to one that nobody will ever find.
    private var hasMoved: Bool {
        var moved: Int32 = 0
        return sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// Reads all that a body asks for as it was at one moment, whoever writes meanwhile.
    func snapshot<T>(_ body: () throws(SQLiteError) -> T) throws(SQLiteError) -> T {
        try execute("BEGIN")
        defer { try? execute("COMMIT") }
        return try body()
    }

    /// Remembers a row of the audit that the transaction under way has written.
    func wrote(_ row: AuditRow) { rows.append(row) }

    /// The rows of the audit that have come to be on disk since this was last asked: a copy elsewhere must not know what this
    /// file could still lose.
    func takeDurableRows() -> [AuditRow] {
        defer {
            rows.removeFirst(durable)
            durable = 0
        }
        return Array(rows.prefix(durable))
    }

    /// What SQLite says of the last thing that went wrong.
    func error(_ code: Int32, _ sql: String? = nil) -> SQLiteError {
        let message = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        return SQLiteError(code: code, message: message.map { String(cString: $0) } ?? "unknown error", sql: sql)
    }

    private func statement(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw error(code, sql) }
        let statement = SQLiteStatement(prepared, sql: sql, connection: self)
        statements[sql] = statement
        return statement
    }
}
