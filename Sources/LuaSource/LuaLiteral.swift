// SPDX-License-Identifier: Apache-2.0

/// A value that stands in a Lua text as it is, without anything being computed.
public struct LuaLiteral: Sendable, Hashable {
    /// What a literal stands for.
    public enum Value: Sendable, Hashable {
        case boolean(Bool)
        case integer(Int64)
        case number(Double)
        case string([UInt8])
        /// Fields in the order written.
        case table([Field])
    }

    /// One field of a table.
    public struct Field: Sendable, Hashable {
        /// Its name; nil for an element of a list.
        public var name: Name?
        /// What it holds.
        public var value: LuaLiteral
    }

    /// The name of a field, and where it stands.
    public struct Name: Sendable, Hashable {
        /// The name; any bytes may stand in brackets and quotes.
        public var bytes: [UInt8]
        /// The offset of its first byte in the text.
        public var start: Int
    }

    /// What it stands for.
    public var value: Value
    /// The offset of its first byte in the text.
    public var start: Int
}

/// Why a Lua text cannot be read, and where.
public struct LuaReadingError: Error, Hashable, Sendable {
    /// What is wrong.
    public var message: String
    /// What to do about it.
    public var hint: String?
    /// The offset of the byte at which it is wrong.
    public var offset: Int

    /// Makes an error.
    public init(_ message: String, at offset: Int, hint: String? = nil) {
        self.message = message
        self.hint = hint
        self.offset = offset
    }
}

/// A place in a text as people count: lines and characters, both from one.
public struct LuaPlace: Hashable, Sendable {
    /// The line.
    public var line = 1
    /// The character in it.
    public var column = 1

    /// The place of a byte.
    ///
    /// As in Lua, `\r\n` is one line break, and so is each of the two alone.
    public init(of offset: Int, in source: [UInt8]) {
        self = Self.places(of: [offset], in: source).first ?? LuaPlace()
    }

    init() {}
}
