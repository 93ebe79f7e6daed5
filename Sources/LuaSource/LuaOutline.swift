// SPDX-License-Identifier: Apache-2.0

/// What stands in a Lua text: its expressions, its calls, its variables, and where each is.
///
/// Expressions are kept in one list and name each other by number, an expression always behind its parts. So a text as deep
/// as it may be is looked through by a loop, and nothing that reads an outline can run out of stack.
public struct LuaOutline: Sendable {
    /// An expression's number.
    public typealias ID = Int
    /// No expression.
    public static let nothing = -1

    /// What an expression is.
    public enum Shape: Sendable {
        case `nil`
        /// A boolean, a number or a string.
        case literal(LuaLiteral.Value)
        /// A table as it is written.
        case table([Field])
        case function
        /// A local variable, by its number.
        case local(Int)
        /// A global variable, by its name.
        case global(String)
        /// `base.name`.
        case field(ID, Word)
        /// `base[key]`.
        case index(ID, ID)
        /// A call, by its number.
        case call(Int)
        /// `...`.
        case several
        /// `(inner)`: one value, whatever is in it.
        case single(ID)
        /// Something that is computed.
        case other
    }

    /// An expression and the bytes that it takes.
    public struct Node: Sendable {
        /// What it is.
        public var shape: Shape
        /// The offset of its first byte.
        public var start: Int
        /// The offset behind its last byte.
        public var end: Int
    }

    /// A name, and where it stands.
    public struct Word: Sendable, Hashable {
        /// The name.
        public var text: String
        /// The offset of its first byte.
        public var start: Int

        /// Makes a name at a place.
        public init(text: String, start: Int) {
            self.text = text
            self.start = start
        }
    }

    /// What a field of a table goes by.
    public enum Key: Sendable {
        /// Its place in the list.
        case position
        /// A name, in brackets or without.
        case name(Word)
        /// Something else.
        case computed
    }

    /// A field of a table.
    public struct Field: Sendable {
        /// What it goes by.
        public var key: Key
        /// What it holds.
        public var value: ID
    }

    /// A call.
    public struct Call: Sendable {
        /// What is called, or whose method.
        public var function: ID
        /// The method that stands behind a colon.
        public var method: Word?
        /// What it is given.
        public var arguments: [ID]
        /// The offset of its first byte.
        public var start: Int
        /// The offset behind its last byte.
        public var end: Int
        /// Its own number among the expressions.
        public internal(set) var node = LuaOutline.nothing
        /// How many functions it stands in; what stands in none runs as soon as the text does.
        public internal(set) var depth = 0
    }

    /// A local variable.
    public struct Local: Sendable {
        /// How it came to be.
        public enum Kind: Sendable { case plain, closed, function, parameter, loop }

        /// Its name.
        public var name: String
        /// The offset of its first byte, where it is declared.
        public var start: Int
        /// How it came to be.
        public var kind: Kind
        /// The expression that it is made with; ``LuaOutline/nothing`` where there is none, or one of several values.
        public var value: ID
        /// The offset of the statement that declares it, and perhaps others with it.
        public var statement: Int
        /// Whether it cannot be given another value.
        public var isConstant: Bool
        /// How often it is read.
        public internal(set) var reads = 0
        /// How often it is given another value.
        public internal(set) var writes = 0
    }

    /// A place where a global variable gets a value.
    public struct Assignment: Sendable {
        /// The variable.
        public var name: String
        /// The offset of its first byte.
        public var start: Int
        /// Whether it is `function name() … end`.
        public var isFunction: Bool
    }

    /// All expressions, parts before what they are parts of.
    public internal(set) var nodes: [Node] = []
    /// All calls, in the order in which they end.
    public internal(set) var calls: [Call] = []
    /// All local variables, in the order of their declarations.
    public internal(set) var locals: [Local] = []
    /// Where global variables get values.
    public internal(set) var assignments: [Assignment] = []
    /// The fields, as expressions, that get values.
    public internal(set) var assignedFields: [ID] = []

    /// Reads a text.
    ///
    /// - Parameter source: The text; a byte order mark and a `#!` line are passed over.
    /// - Throws: ``LuaReadingError`` with the words of Lua where it is none.
    public init(reading source: [UInt8]) throws(LuaReadingError) {
        let begin = LuaText.beginning(of: source)
        do throws(LuaSyntaxError) {
            if source.dropFirst(begin).first == 0x1b {
                throw LuaSyntaxError(
                    message: "attempt to load a binary chunk (mode is 't')", offset: begin, namesToken: false,
                    hint: "pvelua takes Lua as text, not compiled")
            }
            var parser = try LuaParser(source, from: begin, outline: LuaOutlineWriter())
            try parser.chunk()
            self = parser.outline?.outline ?? LuaOutline()
        } catch {
            let near = error.namesToken ? " near " + LuaText.token(at: error.offset, in: source) : ""
            throw LuaReadingError(error.message + near, at: error.offset, hint: error.hint)
        }
    }

    init() {}

    /// The expression of that number; something computed where there is none.
    public subscript(_ id: ID) -> Node {
        nodes.indices.contains(id) ? nodes[id] : Node(shape: .other, start: 0, end: 0)
    }

    /// The expression without the parentheses around it.
    public func bare(_ id: ID) -> ID {
        var id = id
        while case .single(let inner) = self[id].shape { id = inner }
        return id
    }
}
