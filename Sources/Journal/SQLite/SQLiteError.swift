// SPDX-License-Identifier: Apache-2.0

/// What SQLite refused to do.
struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// SQLite's extended result code.
    var code: Int32
    /// SQLite's own words.
    var message: String
    /// The statement, where one was meant; never its values.
    var sql: String?

    /// The words and the code.
    var description: String { "\(message) (SQLite code \(code))" }
}
