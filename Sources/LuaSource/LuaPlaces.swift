// SPDX-License-Identifier: Apache-2.0

extension LuaPlace {
    /// A walk through a text, byte by byte.
    private struct Walk {
        var place = LuaPlace()
        private var last: UInt8 = 0

        /// Whether a byte is the second of a line end of two.
        func isSecond(_ byte: UInt8) -> Bool { byte == 0x0a && last == 0x0d }

        mutating func pass(_ byte: UInt8) {
            if isSecond(byte) {
                last = 0
                return
            }
            if byte == 0x0a || byte == 0x0d {
                place.line += 1
                place.column = 1
            } else if byte & 0xc0 != 0x80 {
                place.column += 1
            }
            last = byte
        }
    }

    /// The places of several bytes, found in one walk through the text.
    ///
    /// - Parameter offsets: In ascending order.
    public static func places(of offsets: [Int], in source: [UInt8]) -> [LuaPlace] {
        var walk = Walk()
        var at = 0
        var result: [LuaPlace] = []
        result.reserveCapacity(offsets.count)
        for offset in offsets {
            while at < offset, at < source.count {
                walk.pass(source[at])
                at += 1
            }
            result.append(walk.place)
        }
        return result
    }

    /// The offset of the byte at a place; the end of the text where there is no such place.
    public static func offset(line: Int, column: Int, in source: [UInt8]) -> Int {
        var walk = Walk()
        for (offset, byte) in source.enumerated() {
            let isThere = walk.place.line == line && walk.place.column == column
            if isThere, !walk.isSecond(byte), byte & 0xc0 != 0x80 { return offset }
            walk.pass(byte)
        }
        return source.count
    }
}
