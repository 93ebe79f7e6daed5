// SPDX-License-Identifier: Apache-2.0

/// Reads literals one after the other, and says where something is none.
struct LuaLiteralReader {
    private let source: [UInt8]
    private var lexer: LuaLexer
    private(set) var token: LuaToken
    private var ahead: LuaToken?
    /// How deep tables may stand in each other.
    private static let maximumDepth = 16

    init(_ source: [UInt8], from start: Int) throws(LuaReadingError) {
        self.source = source
        lexer = LuaLexer(source, from: start)
        token = LuaToken(kind: .end, start: start, end: start)
        token = try scan()
    }

    // MARK: - Tokens

    private mutating func scan() throws(LuaReadingError) -> LuaToken {
        do throws(LuaSyntaxError) {
            return try lexer.next()
        } catch {
            var place = ahead?.end ?? token.end
            while place < source.count, source[place] == 0x20 || (0x09...0x0d).contains(source[place]) { place += 1 }
            throw LuaReadingError(
                "this is no Lua: a string or a comment without its end, or a sign that Lua lacks", at: place)
        }
    }

    mutating func advance() throws(LuaReadingError) {
        token = try peek()
        ahead = nil
    }

    mutating func peek() throws(LuaReadingError) -> LuaToken {
        if let ahead { return ahead }
        let next = try scan()
        ahead = next
        return next
    }

    func at(_ sign: LuaToken.Sign) -> Bool { token.kind == .sign(sign) }

    func text(of token: LuaToken) -> ArraySlice<UInt8> { source[token.start..<token.end] }

    private func excerpt() -> String {
        token.kind == .end ? "the end of the text" : "`\(String(decoding: text(of: token).prefix(40), as: UTF8.self))`"
    }

    // MARK: - Literals

    /// The literal that begins here.
    mutating func literal(depth: Int = 0) throws(LuaReadingError) -> LuaLiteral {
        let start = token.start
        let value: LuaLiteral.Value
        switch token.kind {
        case .keyword(.true): value = .boolean(true)
        case .keyword(.false): value = .boolean(false)
        case .string: value = .string(try LuaStringReader.read(source, token))
        case .number: value = try number()
        case .sign(.minus):
            try advance()
            guard token.kind == .number, let negative = LuaNumeral.negated(try number()) else { throw computed(start) }
            value = negative
        case .sign(.openBrace): return try table(depth: depth)
        case .keyword(.nil):
            throw LuaReadingError("nil stands for nothing here", at: start, hint: "leave the field out")
        case .keyword(.function):
            throw LuaReadingError("a function is no literal", at: start, hint: Self.advice)
        case .end, .sign(.closeBrace), .sign(.close), .sign(.comma), .sign(.semicolon), .sign(.assign):
            throw LuaReadingError("a value is missing: there is \(excerpt())", at: start)
        default: throw computed(start)
        }
        try advance()
        return LuaLiteral(value: value, start: start)
    }

    private static let advice =
        "it is read before anything runs, so only strings, numbers, true, false and tables of them can stand there"

    private func computed(_ start: Int) -> LuaReadingError {
        LuaReadingError("this value is computed", at: start, hint: Self.advice)
    }

    private func number() throws(LuaReadingError) -> LuaLiteral.Value {
        guard let value = LuaNumeral.value(text(of: token)) else {
            throw LuaReadingError("this is no number that Lua knows", at: token.start)
        }
        return value
    }

    private mutating func table(depth: Int) throws(LuaReadingError) -> LuaLiteral {
        let start = token.start
        guard depth < Self.maximumDepth else {
            throw LuaReadingError("tables stand in each other more than \(Self.maximumDepth) deep", at: start)
        }
        var fields: [LuaLiteral.Field] = []
        var names: Set<[UInt8]> = []
        try advance()
        while !at(.closeBrace) {
            let name = try fieldName()
            if let name, !names.insert(name.bytes).inserted {
                throw LuaReadingError(
                    "`\(String(decoding: name.bytes.prefix(60), as: UTF8.self))` is there twice", at: name.start,
                    hint: "leave one of them out")
            }
            let value = try literal(depth: depth + 1)
            fields.append(LuaLiteral.Field(name: name, value: value))
            if at(.comma) || at(.semicolon) {
                try advance()
            } else if !at(.closeBrace) {
                throw unexpected(behind: value, open: start)
            }
        }
        try advance()
        return LuaLiteral(value: .table(fields), start: start)
    }

    private mutating func fieldName() throws(LuaReadingError) -> LuaLiteral.Name? {
        let start = token.start
        if at(.openBracket) {
            try advance()
            guard token.kind == .string else {
                throw LuaReadingError(
                    "a key in brackets must be a string here", at: token.start,
                    hint: "the elements of a list stand one after the other, without keys")
            }
            let bytes = try LuaStringReader.read(source, token)
            try advance()
            guard at(.closeBracket) else { throw computed(start) }
            try advance()
            guard at(.assign) else { throw LuaReadingError("a `=` is missing", at: token.start) }
            try advance()
            return LuaLiteral.Name(bytes: bytes, start: start)
        }
        guard try peek().kind == .sign(.assign) else { return nil }
        switch token.kind {
        case .name:
            let name = LuaLiteral.Name(bytes: Array(text(of: token)), start: start)
            try advance()
            try advance()
            return name
        case .keyword(let word):
            throw LuaReadingError(
                "`\(word.rawValue)` is a word of Lua and cannot be a name as it stands", at: start,
                hint: "write [\"\(word.rawValue)\"] = …")
        default: return nil
        }
    }

    /// What stands where a comma or a brace belongs.
    private func unexpected(behind value: LuaLiteral, open: Int) -> LuaReadingError {
        switch token.kind {
        case .end:
            return LuaReadingError("this table has no end", at: open, hint: "a `}` is missing")
        case .sign(.concat):
            return LuaReadingError(
                "this value is computed", at: value.start,
                hint: "write it as one string; `\\z` at the end of a line goes on with it in the next")
        case .name, .string, .number, .keyword, .sign(.openBrace), .sign(.openBracket):
            return LuaReadingError("a comma is missing before \(excerpt())", at: token.start)
        case .sign(.assign):
            return LuaReadingError("a `=` does not belong here", at: token.start)
        case .sign(.close), .sign(.closeBracket):
            return LuaReadingError("\(excerpt()) does not belong here", at: token.start, hint: "a `}` is missing")
        default: return computed(value.start)
        }
    }
}
