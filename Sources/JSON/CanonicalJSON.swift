// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The one text that RFC 8785 (JSON Canonicalization Scheme) gives this value, in UTF-8: no white space, members ordered by
    /// the UTF-16 units of their names, numbers as ECMAScript writes them.
    ///
    /// A whole number beyond ±2^53 keeps all its digits, where ECMAScript would round; put such a one into a string. Of two members
    /// with one name the last counts. NaN and infinity, which JSON cannot hold, are written as `null`.
    public func canonical() -> [UInt8] {
        var bytes: [UInt8] = []
        Canonical.write(self, to: &bytes)
        return bytes
    }
}

private enum Canonical {
    static func write(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .number(let number): bytes.append(contentsOf: text(of: number).utf8)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let names = Set(object.keys).sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            for (index, name) in names.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                quote(name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                write(object[name] ?? .null, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .string(let text): quote(text, to: &bytes)
        default: bytes.append(contentsOf: value.encoded())
        }
    }

    /// As RFC 8785 §3.2.2.2 writes a text: the five short escapes, `\u00xx` for other control characters, all else as it is.
    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0c: bytes.append(contentsOf: "\\f".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                bytes.append(contentsOf: ("\\u00" + (hex.utf8.count == 1 ? "0" : "") + hex).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// ECMAScript's Number::toString: the shortest digits that read back as the same number, with an exponent only below 1e-6
    /// and from 1e21 on.
    private static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        guard number != 0 else { return "0" }
        let (digits, point) = shortest(number.magnitude)
        let sign = number < 0 ? "-" : ""
        let count = digits.count
        let body: String
        switch point {
        case count...21: body = digits + String(repeating: "0", count: point - count)
        case 1..<max(count, 2) where point <= 21: body = digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: body = "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let rest = digits.dropFirst()
            body =
                digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + (exponent < 0 ? "-" : "+")
                + String(exponent.magnitude)
        }
        return sign + body
    }

    /// The shortest digits of a positive number, and where its decimal point stands: 0.00123 is ("123", -2).
    private static func shortest(_ number: Double) -> (digits: String, point: Int) {
        // Swift prints the shortest digits as well, in a form of its own: "1e-07", "123456.0", "1.5e+20".
        let parts = "\(number)".split(separator: "e")
        let halves = (parts.first ?? "0").split(separator: ".", omittingEmptySubsequences: false)
        let whole = halves.first ?? "0"
        let fraction = halves.count > 1 ? halves[1] : ""
        var digits = String(whole + fraction)
        var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            point -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        return (digits, point)
    }
}
