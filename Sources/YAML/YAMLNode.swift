// SPDX-License-Identifier: Apache-2.0

/// One value of a YAML document, with the place where it was written.
///
/// Scalars keep their text; what a scalar means is decided by the reader that asks (see ``text()`` and its siblings).
public struct YAMLNode: Sendable {
    /// A key of a mapping and its value.
    public typealias Member = (key: YAMLNode, value: YAMLNode)

    /// The three things a value can be.
    public enum Kind: Sendable {
        /// Text; `quoted` is false for a plain scalar such as `5`, `true` or nothing at all.
        case scalar(String, quoted: Bool)
        /// A list.
        case sequence([YAMLNode])
        /// Keys and values, in the order written; every key is a scalar and no two are alike.
        case mapping([Member])
    }

    /// What the value is.
    public var kind: Kind
    /// The file it stands in.
    public var file: String
    /// The line where it begins, counted from 1.
    public var line: Int
    /// The column where it begins, counted from 1.
    public var column: Int

    /// Makes a node.
    public init(_ kind: Kind, file: String, line: Int, column: Int) {
        self.kind = kind
        self.file = file
        self.line = line
        self.column = column
    }

    /// An error about this value.
    public func error(_ message: String) -> YAMLError {
        YAMLError(file: file, line: line, column: column, message: message)
    }

    /// Whether the value is `null`, `~` or nothing at all.
    public var isNull: Bool {
        guard case .scalar(let text, quoted: false) = kind else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value of a key, or nil where this is no mapping or has none of that name.
    public subscript(_ key: String) -> YAMLNode? {
        guard case .mapping(let members) = kind else { return nil }
        return members.first { $0.key.scalar == key }?.value
    }

    /// The text of a scalar as written, quoted or not, or nil where this is none.
    public var scalar: String? {
        if case .scalar(let text, _) = kind { text } else { nil }
    }

    /// What the value is, in words for a message.
    var described: String {
        switch kind {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(_, quoted: true): "quoted text"
        case .scalar(let text, quoted: false): isNull ? "nothing" : "`\(text)`"
        }
    }
}
