// SPDX-License-Identifier: Apache-2.0

/// Walks through a Lua 5.4 text and marks the places where a script goes by a value.
///
/// It knows the whole grammar and none of its meaning: names are not looked up, so what only a compiler refuses passes.
struct LuaParser {
    /// Something to be wrapped in a call.
    struct Wrap {
        var start: Int
        var end: Int
        var test: Test
    }

    /// What is asked of a value.
    enum Test {
        /// Whether it is true or false.
        case truth
        /// What it is.
        case value
        /// Nothing: its operands, which `..` joined, become arguments.
        case join
        /// Nothing: of several values it is to be one.
        case single
    }

    /// An expression that was read, with what must be wrapped if somebody goes by its truth.
    struct Expression {
        enum Kind {
            /// Known by itself: a literal, a function, a table, or a boolean that came of operands marked already.
            case plain
            /// `a and b`, `a or b`: its left operand is marked, its right one is this.
            indirect case logic(Expression)
            /// `a .. b`: always true, and the mark with this number.
            case join(Int)
            /// Anything else.
            case other
        }

        var kind: Kind
        var start: Int
        var end: Int
        /// Its number in the outline that is being written, if one is.
        var node = LuaOutline.nothing
    }

    private(set) var wraps: [Wrap] = []
    /// Where the operators stand that become commas.
    private(set) var joints: [Int] = []
    private var lexer: LuaLexer
    var token: LuaToken
    private var ahead: LuaToken?
    /// Where the last token ended.
    private(set) var lastEnd: Int
    private var depth = 0
    let source: [UInt8]
    /// What stands where, for those who want to know; nil costs nothing.
    var outline: LuaOutlineWriter?
    /// As deep as Lua's own parser goes.
    private static let maximumDepth = 200

    init(_ bytes: [UInt8], from start: Int, outline: LuaOutlineWriter? = nil) throws(LuaSyntaxError) {
        source = bytes
        self.outline = outline
        lexer = LuaLexer(bytes, from: start)
        lexer.takesOddBytes = outline != nil
        token = try lexer.next()
        lastEnd = start
    }

    // MARK: - Tokens

    mutating func advance() throws(LuaSyntaxError) {
        lastEnd = token.end
        token = try peek()
        ahead = nil
    }

    mutating func peek() throws(LuaSyntaxError) -> LuaToken {
        if let ahead { return ahead }
        let next = try lexer.next()
        ahead = next
        return next
    }

    func at(_ sign: LuaToken.Sign) -> Bool { token.kind == .sign(sign) }
    func at(_ keyword: LuaToken.Keyword) -> Bool { token.kind == .keyword(keyword) }

    mutating func accept(_ sign: LuaToken.Sign) throws(LuaSyntaxError) -> Bool {
        guard at(sign) else { return false }
        try advance()
        return true
    }

    mutating func accept(_ keyword: LuaToken.Keyword) throws(LuaSyntaxError) -> Bool {
        guard at(keyword) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ sign: LuaToken.Sign) throws(LuaSyntaxError) {
        guard try accept(sign) else { throw wrong("'\(sign.rawValue)' expected") }
    }

    mutating func expect(_ keyword: LuaToken.Keyword) throws(LuaSyntaxError) {
        guard try accept(keyword) else { throw wrong("'\(keyword.rawValue)' expected") }
    }

    /// What closes something that was opened by a token elsewhere.
    mutating func close(_ kind: LuaToken.Kind, _ opening: LuaToken) throws(LuaSyntaxError) {
        guard token.kind == kind else {
            let (end, begin) = (kind.text, String(decoding: text(opening), as: UTF8.self))
            throw wrong("'\(end)' expected", closing: (begin, opening.start))
        }
        try advance()
    }

    @discardableResult
    mutating func name() throws(LuaSyntaxError) -> LuaToken {
        guard token.kind == .name else { throw wrong("<name> expected") }
        let found = token
        try advance()
        return found
    }

    func text(_ token: LuaToken) -> ArraySlice<UInt8> { source[token.start..<token.end] }

    /// The token at hand is not what must stand here.
    func wrong(_ message: String, closing: (String, Int)? = nil) -> LuaSyntaxError {
        var error = LuaSyntaxError(message: message, offset: token.start)
        // The line is counted only where somebody will read it.
        if let closing, outline != nil {
            let line = LuaPlace(of: closing.1, in: source).line
            if line != LuaPlace(of: token.start, in: source).line {
                error.message += " (to close '\(closing.0)' at line \(line))"
            }
        }
        return error
    }

    mutating func nested<Result>(
        _ body: (inout LuaParser) throws(LuaSyntaxError) -> Result
    ) throws(LuaSyntaxError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw LuaSyntaxError(
                message: "C stack overflow", offset: token.start,
                hint: "what stands in each other may be at most \(Self.maximumDepth) deep")
        }
        return try body(&self)
    }

    // MARK: - Marks

    /// Somebody goes by whether it is true.
    mutating func markTruth(of expression: Expression) {
        switch expression.kind {
        case .plain, .join: break
        case .logic(let right): markTruth(of: right)
        case .other: wraps.append(Wrap(start: expression.start, end: expression.end, test: .truth))
        }
    }

    /// Somebody goes by what it is.
    mutating func markValue(of expression: Expression) {
        if case .plain = expression.kind { return }
        wraps.append(Wrap(start: expression.start, end: expression.end, test: .value))
    }

    /// Two operands that `..` joins at that place, the right one perhaps a chain of them.
    mutating func join(_ left: Expression, _ right: Expression, at joint: Int) -> Expression {
        joints.append(joint)
        if case .join(let mark) = right.kind {
            wraps[mark].start = left.start
            return Expression(kind: .join(mark), start: left.start, end: right.end)
        }
        if case .plain = right.kind {} else { wraps.append(Wrap(start: right.start, end: right.end, test: .single)) }
        wraps.append(Wrap(start: left.start, end: right.end, test: .join))
        return Expression(kind: .join(wraps.count - 1), start: left.start, end: right.end)
    }
}
