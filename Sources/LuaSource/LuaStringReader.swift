// SPDX-License-Identifier: Apache-2.0

/// Reads what a string token stands for: escapes in short strings, line breaks in long ones, as Lua 5.4 does.
struct LuaStringReader {
    private let bytes: ArraySlice<UInt8>
    private var at: Int
    private var result: [UInt8] = []

    /// - Parameters:
    ///   - source: The whole text.
    ///   - token: A string in it.
    static func read(_ source: [UInt8], _ token: LuaToken) throws(LuaReadingError) -> [UInt8] {
        var reader = LuaStringReader(bytes: source[token.start..<token.end], at: token.start)
        if source[token.start] == UInt8(ascii: "[") { return reader.long() }
        try reader.short()
        return reader.result
    }

    private init(bytes: ArraySlice<UInt8>, at start: Int) {
        self.bytes = bytes
        at = start
    }

    private var current: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

    // MARK: - Long strings

    private mutating func long() -> [UInt8] {
        var level = 0
        while bytes[bytes.startIndex + level + 1] == UInt8(ascii: "=") { level += 1 }
        at += level + 2
        let end = bytes.endIndex - level - 2
        if at < end, isLineBreak(bytes[at]) { skipLineBreak() }
        while at < end {
            if isLineBreak(bytes[at]) {
                skipLineBreak()
                result.append(UInt8(ascii: "\n"))
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return result
    }

    private func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// `\r`, `\n`, or both in either order, as one.
    private mutating func skipLineBreak() {
        let first = bytes[at]
        at += 1
        if let next = current, isLineBreak(next), next != first { at += 1 }
    }

    // MARK: - Short strings

    private mutating func short() throws(LuaReadingError) {
        at += 1
        while at < bytes.endIndex - 1 {
            if bytes[at] == UInt8(ascii: "\\") {
                try escape()
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
    }

    private mutating func escape() throws(LuaReadingError) {
        let start = at
        at += 1
        guard let letter = current else { throw LuaReadingError("this escape is cut off", at: start) }
        if isLineBreak(letter) {
            skipLineBreak()
            return result.append(UInt8(ascii: "\n"))
        }
        if let plain = Self.plain[letter] {
            at += 1
            return result.append(plain)
        }
        switch letter {
        case UInt8(ascii: "z"):
            at += 1
            while let blank = current, blank == 0x20 || (0x09...0x0d).contains(blank) { at += 1 }
        case UInt8(ascii: "x"):
            at += 1
            var value = 0
            for _ in 0..<2 {
                guard let digit = current.flatMap({ LuaNumeral.digit($0, true) }) else {
                    throw LuaReadingError("`\\x` takes two hexadecimal digits", at: start)
                }
                value = value * 16 + digit
                at += 1
            }
            result.append(UInt8(value))
        case UInt8(ascii: "u"): try codePoint(start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            var value = 0
            for _ in 0..<3 {
                guard let digit = current.flatMap({ LuaNumeral.digit($0, false) }) else { break }
                value = value * 10 + digit
                at += 1
            }
            guard let byte = UInt8(exactly: value) else {
                throw LuaReadingError("`\\\(value)` is no byte: the largest is `\\255`", at: start)
            }
            result.append(byte)
        default: throw LuaReadingError("Lua knows no such escape", at: start, hint: "a backslash itself is `\\\\`")
        }
    }

    /// `\u{XXX}`, which Lua takes up to 2³¹ and writes as UTF-8 of up to six bytes.
    private mutating func codePoint(_ start: Int) throws(LuaReadingError) {
        func wrong() -> LuaReadingError {
            LuaReadingError("`\\u` takes hexadecimal digits in braces, as `\\u{20AC}`, up to 7FFFFFFF", at: start)
        }
        at += 1
        guard current == UInt8(ascii: "{") else { throw wrong() }
        at += 1
        var value = 0
        var count = 0
        while let digit = current.flatMap({ LuaNumeral.digit($0, true) }) {
            value = value * 16 + digit
            count += 1
            at += 1
            guard value <= 0x7fff_ffff else { throw wrong() }
        }
        guard count > 0, current == UInt8(ascii: "}") else { throw wrong() }
        at += 1
        guard value >= 0x80 else { return result.append(UInt8(value)) }
        var rest = value
        var tail: [UInt8] = []
        var most = 0x3f
        repeat {
            tail.append(UInt8(0x80 | rest & 0x3f))
            rest >>= 6
            most >>= 1
        } while rest > most
        result.append(UInt8(truncatingIfNeeded: ~most << 1 | rest))
        result += tail.reversed()
    }

    /// The escapes that stand for one byte.
    private static let plain: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 0x5c,
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
    ]
}
