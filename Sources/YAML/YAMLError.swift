// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a YAML file, and where.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the caller gave it.
    public var file: String
    /// The line, counted from 1.
    public var line: Int
    /// The column, counted from 1 in characters.
    public var column: Int
    /// What is wrong, without the place.
    public var message: String

    /// Makes an error.
    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`, as compilers write it.
    public var description: String { "\(file):\(line):\(column): \(message)" }
}
