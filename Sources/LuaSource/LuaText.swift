// SPDX-License-Identifier: Apache-2.0

/// What Lua itself passes over at the beginning of a text.
enum LuaText {
    /// Where Lua begins to read a file: behind a byte order mark and a first line that begins with `#!`; the worker skips
    /// the same.
    static func beginning(of source: [UInt8]) -> Int {
        var start = source.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        if source[start...].starts(with: "#!".utf8) {
            while start < source.count, source[start] != UInt8(ascii: "\n") { start += 1 }
        }
        return start
    }

    /// What stands at a place, as Lua's messages show it: `'then'`, `<eof>`, `'<\255>'`.
    static func token(at offset: Int, in source: [UInt8]) -> String {
        var lexer = LuaLexer(source, from: offset)
        if let token = try? lexer.next() {
            guard token.kind != .end else { return "<eof>" }
            let bytes = source[token.start..<token.end]
            return "'\(String(decoding: bytes.prefix(40), as: UTF8.self))\(bytes.count > 40 ? "…" : "")'"
        }
        guard source.indices.contains(offset) else { return "<eof>" }
        let byte = source[offset]
        return (0x21..<0x7f).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "'<\\\(byte)>'"
    }
}
