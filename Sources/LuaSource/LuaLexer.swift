// SPDX-License-Identifier: Apache-2.0

/// Cuts a Lua 5.4 text into tokens.
struct LuaLexer {
    private let bytes: [UInt8]
    private var at: Int
    /// Whether a byte that begins no token is one by itself, as in Lua, whose parser then says what it expected instead.
    var takesOddBytes = false

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        at = start
    }

    private static let keywords = Dictionary(
        uniqueKeysWithValues: LuaToken.Keyword.allCases.map { (Array($0.rawValue.utf8), $0) })
    /// By their first byte, the longest first, so that `...` is not taken for `..`.
    private static let signs = Dictionary(
        grouping: LuaToken.Sign.allCases.map { (Array($0.rawValue.utf8), $0) }.sorted { $0.0.count > $1.0.count }
    ) { $0.0[0] }

    private func byte(_ offset: Int = 0) -> UInt8? { at + offset < bytes.count ? bytes[at + offset] : nil }

    private func has(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            at + wanted.count <= bytes.count && bytes[at..<(at + wanted.count)].elementsEqual(wanted)
        }
    }

    /// The next token.
    mutating func next() throws(LuaSyntaxError) -> LuaToken {
        try skipBlanks()
        let start = at
        guard let first = byte() else { return LuaToken(kind: .end, start: at, end: at) }
        let kind: LuaToken.Kind
        if first.isLuaLetter {
            kind = word()
        } else if first.isDigit || first == UInt8(ascii: ".") && byte(1)?.isDigit == true {
            number()
            kind = .number
        } else if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            try string(first, start)
            kind = .string
        } else if let level = longBracket() {
            try skipLong(level, of: "string", from: start)
            kind = .string
        } else {
            kind = try sign()
        }
        return LuaToken(kind: kind, start: start, end: at)
    }

    private mutating func word() -> LuaToken.Kind {
        let start = at
        while byte()?.isLuaLetter == true || byte()?.isDigit == true { at += 1 }
        return Self.keywords[Array(bytes[start..<at])].map(LuaToken.Kind.keyword) ?? .name
    }

    /// What Lua takes for one numeral, right or wrong.
    private mutating func number() {
        let isHex = has("0x") || has("0X")
        if isHex { at += 2 }
        while let next = byte() {
            let isExponent = isHex ? next | 0x20 == UInt8(ascii: "p") : next | 0x20 == UInt8(ascii: "e")
            if isExponent {
                at += 1
                if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { at += 1 }
            } else if next.isDigit || next.isLuaLetter || next == UInt8(ascii: ".") {
                at += 1
            } else {
                return
            }
        }
    }

    private mutating func string(_ quote: UInt8, _ start: Int) throws(LuaSyntaxError) {
        at += 1
        while let next = byte() {
            at += 1
            switch next {
            case quote: return
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): throw unfinished(start, end: at - 1)
            case UInt8(ascii: "\\"):
                guard let escaped = byte() else { throw unfinished(start, end: at) }
                at += 1
                if escaped == UInt8(ascii: "z") {
                    while let blank = byte(), blank.isBlank { at += 1 }
                } else if escaped == UInt8(ascii: "\r"), byte() == UInt8(ascii: "\n") {
                    at += 1
                } else if escaped == UInt8(ascii: "\n"), byte() == UInt8(ascii: "\r") {
                    at += 1
                }
            default: break
            }
        }
        throw unfinished(start, end: at)
    }

    private func unfinished(_ start: Int, end: Int) -> LuaSyntaxError {
        let text = String(decoding: bytes[start..<min(end, start + 40)], as: UTF8.self)
        return LuaSyntaxError(
            message: "unfinished string near \(at < bytes.count || end < at ? "'\(text)'" : "<eof>")", offset: start,
            namesToken: false, hint: "it has no closing quote on its line; [[…]] may hold several lines")
    }

    /// How many `=` stand in the long bracket that opens here; nil where none does.
    private func longBracket() -> Int? {
        guard byte() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while byte(level + 1) == UInt8(ascii: "=") { level += 1 }
        return byte(level + 1) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func skipLong(_ level: Int, of what: String, from start: Int) throws(LuaSyntaxError) {
        at += level + 2
        while at < bytes.count {
            if byte() == UInt8(ascii: "]") {
                var count = 0
                while byte(count + 1) == UInt8(ascii: "=") { count += 1 }
                if count == level, byte(count + 1) == UInt8(ascii: "]") {
                    at += level + 2
                    return
                }
                at += count
            }
            at += 1
        }
        throw LuaSyntaxError(
            message: "unfinished long \(what) near <eof>", offset: start, namesToken: false,
            hint: "it begins here and is nowhere closed")
    }

    private mutating func skipBlanks() throws(LuaSyntaxError) {
        while let next = byte() {
            if next.isBlank {
                at += 1
            } else if has("--") {
                let start = at
                at += 2
                if let level = longBracket() {
                    try skipLong(level, of: "comment", from: start)
                } else {
                    while let inner = byte(), inner != UInt8(ascii: "\n"), inner != UInt8(ascii: "\r") { at += 1 }
                }
            } else {
                return
            }
        }
    }

    private mutating func sign() throws(LuaSyntaxError) -> LuaToken.Kind {
        for (text, sign) in Self.signs[bytes[at]] ?? [] where bytes[at...].starts(with: text) {
            at += text.count
            return .sign(sign)
        }
        guard takesOddBytes else { throw LuaSyntaxError(message: "unexpected symbol", offset: at) }
        at += 1
        return .odd
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLuaLetter: Bool {
        self == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
    /// Blank, tab, line feed, vertical tab, form feed, carriage return.
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
