// SPDX-License-Identifier: Apache-2.0

/// Reads numerals as Lua 5.4 does: what fits into 64 bits is an integer, hexadecimal ones wrap around, all else is a float.
enum LuaNumeral {
    /// The value of a numeral, without a sign; nil where Lua would call it malformed.
    static func value(_ text: some Collection<UInt8>) -> LuaLiteral.Value? {
        let bytes = Array(text)
        let isHex = bytes.count > 1 && bytes[0] == UInt8(ascii: "0") && bytes[1] | 0x20 == UInt8(ascii: "x")
        let digits = isHex ? bytes.dropFirst(2) : bytes[...]
        if !digits.isEmpty, digits.allSatisfy({ digit($0, isHex) != nil }) {
            if isHex { return .integer(wrapped(digits)) }
            if let number = Int64(String(decoding: digits, as: UTF8.self)) { return .integer(number) }
        }
        return float(digits, isHex).map(LuaLiteral.Value.number)
    }

    /// The same with its sign changed, as unary minus does; integers wrap around.
    static func negated(_ value: LuaLiteral.Value) -> LuaLiteral.Value? {
        switch value {
        case .integer(let number): .integer(0 &- number)
        case .number(let number): .number(-number)
        default: nil
        }
    }

    private static func wrapped(_ digits: ArraySlice<UInt8>) -> Int64 {
        var result: UInt64 = 0
        for byte in digits { result = result &<< 4 | UInt64(digit(byte, true) ?? 0) }
        return Int64(bitPattern: result)
    }

    /// Digits with at most one point among them, and an exponent behind them.
    private static func float(_ text: ArraySlice<UInt8>, _ isHex: Bool) -> Double? {
        let mark = isHex ? UInt8(ascii: "p") : UInt8(ascii: "e")
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 | 0x20 == mark }
        let mantissa = parts[0].split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let (whole, fraction) = (mantissa[0], mantissa.count > 1 ? mantissa[1] : [])
        guard !whole.isEmpty || !fraction.isEmpty,
            (whole + fraction).allSatisfy({ digit($0, isHex) != nil })
        else { return nil }
        var exponent = "0"
        if parts.count > 1 {
            let sign = parts[1].first.flatMap { "+-".utf8.contains($0) ? $0 : nil }
            let digits = sign == nil ? parts[1] : parts[1].dropFirst()
            guard !digits.isEmpty, digits.allSatisfy({ digit($0, false) != nil }) else { return nil }
            exponent = String(decoding: parts[1], as: UTF8.self)
        }
        func written(_ digits: ArraySlice<UInt8>) -> String {
            digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
        }
        // Always with all parts, so that nothing is left to how Swift reads shorter forms.
        return Double("\(isHex ? "0x" : "")\(written(whole)).\(written(fraction))\(isHex ? "p" : "e")\(exponent)")
    }

    static func digit(_ byte: UInt8, _ isHex: Bool) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f") where isHex: Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F") where isHex: Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
