// SPDX-License-Identifier: Apache-2.0
internal import CSQLite

/// A value that goes into a statement or comes out of a row.
enum SQLiteValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// Text, or null.
    init(_ text: String?) { self = text.map(SQLiteValue.text) ?? .null }
    /// A whole number, or null.
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
}

/// One row of an answer, by column number.
struct SQLiteRow: Hashable, Sendable {
    var values: [SQLiteValue]

    func text(_ column: Int) -> String? {
        guard values.indices.contains(column), case .text(let text) = values[column] else { return nil }
        return text
    }

    func integer(_ column: Int) -> Int? {
        guard values.indices.contains(column), case .integer(let number) = values[column] else { return nil }
        return Int(exactly: number)
    }

    func blob(_ column: Int) -> [UInt8]? {
        guard values.indices.contains(column), case .blob(let bytes) = values[column] else { return nil }
        return bytes
    }

    func real(_ column: Int) -> Double? {
        guard values.indices.contains(column) else { return nil }
        switch values[column] {
        case .real(let number): return number
        case .integer(let number): return Double(number)
        case .null, .text, .blob: return nil
        }
    }
}

/// A prepared statement, kept for as long as its connection.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let sql: String
    private unowned let connection: SQLiteConnection

    init(_ handle: OpaquePointer, sql: String, connection: SQLiteConnection) {
        self.handle = handle
        self.sql = sql
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// Binds the values, runs to the end and returns every row.
    func rows(_ values: [SQLiteValue]) throws(SQLiteError) -> [SQLiteRow] {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        guard Int(sqlite3_bind_parameter_count(handle)) == values.count else {
            throw SQLiteError(code: SQLITE_RANGE, message: "wrong number of values", sql: sql)
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw connection.error(code, sql) }
        }
        var rows: [SQLiteRow] = []
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw connection.error(code, sql) }
            rows.append(SQLiteRow(values: (0..<sqlite3_column_count(handle)).map(column)))
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .blob(let bytes):
            guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
            return bytes.withUnsafeBytes { csqlite_bind_blob(handle, index, $0.baseAddress, count) }
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                return bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else { return csqlite_bind_text(handle, index, "", 0) }
                    return csqlite_bind_text(handle, index, start, count)
                }
            }
        }
    }

    private func column(_ index: Int32) -> SQLiteValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
        case SQLITE_NULL: return .null
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(handle, index))
            guard count > 0, let start = sqlite3_column_blob(handle, index) else { return .blob([]) }
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default:
            guard let start = sqlite3_column_text(handle, index) else { return .null }
            let count = Int(sqlite3_column_bytes(handle, index))
            return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        }
    }
}
