// SPDX-License-Identifier: Apache-2.0

/// A call of a function with a table of literals, as the first statement of a text: `runbook{ name = "nightly" }`.
///
/// It is read without running anything. Whatever could make it mean something else when it runs is an error: computed
/// values, something that is done with its result, a second such call.
public struct LuaLeadingCall: Sendable {
    /// The table.
    public var argument: LuaLiteral
    /// The offset of the call's first byte.
    public var start: Int

    /// Reads the call that a text begins with.
    ///
    /// - Parameters:
    ///   - source: The text; a byte order mark and a `#!` line are passed over.
    ///   - name: The function's name.
    /// - Returns: nil where the text does not call that function, or uses the name for something of its own.
    /// - Throws: ``LuaReadingError`` where it does so, and it cannot be read.
    public static func read(_ source: [UInt8], of name: String) throws(LuaReadingError) -> LuaLeadingCall? {
        guard source.holds(Array(name.utf8)) else { return nil }
        let begin = LuaText.beginning(of: source)
        var reader: LuaLiteralReader
        let isCalled: Bool
        do throws(LuaReadingError) {
            reader = try LuaLiteralReader(source, from: begin)
            isCalled = try reader.callsHere(name)
        } catch {
            // What is no Lua from its first words on Lua itself shall complain of.
            return nil
        }
        guard isCalled else {
            try refuseFurther(source, from: begin, of: name, isFirst: true)
            return nil
        }
        let start = reader.token.start
        let argument = try reader.arguments(of: name)
        try reader.requireEnd(of: name, from: start)
        try refuseFurther(source, from: reader.token.start, of: name, isFirst: false)
        return LuaLeadingCall(argument: argument, start: start)
    }

    /// Refuses calls that stand where they are not read.
    ///
    /// Where the name is used in any other way as well nobody can tell what
    /// it stands for; then it is left to the call itself to fail.
    private static func refuseFurther(
        _ source: [UInt8], from start: Int, of name: String, isFirst: Bool
    ) throws(LuaReadingError) {
        var lexer = LuaLexer(source, from: start)
        let wanted = Array(name.utf8)
        var found: Int?
        var before = LuaToken.Kind.end
        do throws(LuaSyntaxError) {
            var token = try lexer.next()
            while token.kind != .end {
                let next = try lexer.next()
                if token.kind == .name, before != .sign(.dot), before != .sign(.colon),
                    source[token.start..<token.end].elementsEqual(wanted)
                {
                    guard before != .keyword(.function), next.beginsArguments else { return }
                    found = found ?? token.start
                }
                (before, token) = (token.kind, next)
            }
        } catch {
            // No Lua: nothing of it will run.
        }
        guard let found else { return }
        throw isFirst
            ? LuaReadingError(
                "`\(name)` must be the first statement: only comments may stand before it", at: found,
                hint: "move it to the top of the file")
            : LuaReadingError("`\(name)` is called twice", at: found, hint: "there is one header; put both into one")
    }
}

extension LuaLiteralReader {
    /// Whether a call of that function begins here.
    fileprivate mutating func callsHere(_ name: String) throws(LuaReadingError) -> Bool {
        guard token.kind == .name, text(of: token).elementsEqual(name.utf8) else { return false }
        return try peek().beginsArguments
    }

    /// What is handed to the function, which must be one table.
    fileprivate mutating func arguments(of name: String) throws(LuaReadingError) -> LuaLiteral {
        try advance()
        let isOpen = at(.open)
        if isOpen { try advance() }
        guard at(.openBrace) else {
            throw LuaReadingError("`\(name)` takes a table", at: token.start, hint: "\(name){ name = \"…\" }")
        }
        let argument = try literal()
        guard isOpen else { return argument }
        guard at(.close) else { throw LuaReadingError("`\(name)` takes one table and nothing else", at: token.start) }
        try advance()
        return argument
    }

    /// Nothing may be done with the call's result.
    fileprivate func requireEnd(of name: String, from start: Int) throws(LuaReadingError) {
        switch token.kind {
        case .end, .name, .sign(.semicolon), .sign(.label): return
        case .keyword(let word):
            let begins: Set<LuaToken.Keyword> = [
                .break, .do, .for, .function, .goto, .if, .local, .repeat, .return, .while,
            ]
            if begins.contains(word) { return }
        default: break
        }
        throw LuaReadingError(
            "`\(name){…}` must be a statement by itself; this goes on with it", at: token.start,
            hint: at(.open) ? "put a `;` behind the header" : nil)
    }
}

extension LuaToken {
    /// Whether what stands before it is called.
    fileprivate var beginsArguments: Bool {
        kind == .sign(.open) || kind == .sign(.openBrace) || kind == .string
    }
}

extension [UInt8] {
    /// Whether some bytes stand in these.
    fileprivate func holds(_ wanted: [UInt8]) -> Bool {
        guard let first = wanted.first, count >= wanted.count else { return false }
        return withUnsafeBufferPointer { bytes in
            var at = 0
            while at <= bytes.count - wanted.count {
                if bytes[at] == first, bytes[at..<(at + wanted.count)].elementsEqual(wanted) { return true }
                at += 1
            }
            return false
        }
    }
}
