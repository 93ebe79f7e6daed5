// SPDX-License-Identifier: Apache-2.0

/// The forms that a secret may turn up in: as it is, as part of an address, of JSON, of base 64, in hexadecimal digits.
enum SecretForms {
    /// All forms, each once.
    static func of(_ secret: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = [secret]
        // Latin 1 read as such and written as UTF-8, as Perl does it.
        if secret.contains(where: { $0 >= 0x80 }) {
            forms.insert(secret.flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] })
        }
        for digits in [lower, upper] {
            forms.insert(secret.flatMap { hex($0, digits) })
            // What pvelua, curl, browsers and Perl leave as it is, in values, paths and forms.
            for (kept, space) in [
                ("-._~", "%20"), ("-._~:!@", "%20"), ("-._~!'()*", "%20"), ("-._*", "+"), ("-._~", "+"),
            ] {
                forms.insert(percentEncoded(secret, keeping: kept, space: space, digits))
            }
        }
        for alphabet in [base64, base64url] {
            for offset in 0..<3 { forms.formUnion(encoded(secret, offset: offset, alphabet)) }
        }
        // A secret that is the same in every kind of text, as most are.
        guard !secret.allSatisfy({ isLetter($0) || "-._:=@,".utf8.contains($0) }) else { return forms }
        let text = String(decoding: secret, as: UTF8.self)
        let escaped = JSONStyle.all.map { $0.escaped(text) }
        // JSON as a text in JSON, as the body of an answer in a message is.
        for once in escaped + escaped.flatMap({ once in JSONStyle.all.map { $0.escaped(once) } }) {
            forms.insert(Array(once.utf8))
        }
        forms.insert(
            Array(replaced(text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]).utf8))
        forms.insert(Array(replaced(text, ["'": "'\\''"]).utf8))
        return forms
    }

    private static let lower = Array("0123456789abcdef".utf8)
    private static let upper = Array("0123456789ABCDEF".utf8)
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let base64 = Array((letters + "+/").utf8)
    private static let base64url = Array((letters + "-_").utf8)

    private static func hex(_ byte: UInt8, _ digits: [UInt8]) -> [UInt8] {
        [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    private static func percentEncoded(_ bytes: [UInt8], keeping kept: String, space: String, _ digits: [UInt8])
        -> [UInt8]
    {
        bytes.flatMap { byte -> [UInt8] in
            if isLetter(byte) || kept.utf8.contains(byte) { return [byte] }
            return byte == 0x20 ? Array(space.utf8) : [UInt8(ascii: "%")] + hex(byte, digits)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
    }

    private static func replaced(_ text: String, _ table: [Character: String]) -> String {
        text.reduce(into: "") { $0 += table[$1] ?? String($1) }
    }

    /// The digits of base 64 that stand for the secret alone, where it begins at this place of a group of three bytes; and
    /// those at the end of a text, with and without what fills the last group.
    private static func encoded(_ secret: [UInt8], offset: Int, _ alphabet: [UInt8]) -> Set<[UInt8]> {
        let bytes = [UInt8](repeating: 0, count: offset) + secret
        var digits: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xffff
            bits += 8
            while bits >= 6 {
                bits -= 6
                digits.append(alphabet[Int(buffer >> UInt32(bits)) & 63])
            }
        }
        // The first digits hold bits of what stands before.
        let own = Array(digits.dropFirst([0, 2, 3][offset]))
        guard bits > 0 else { return [own] }
        let ended = own + [alphabet[Int(buffer << UInt32(6 - bits)) & 63]]
        return [own, ended, ended + [UInt8](repeating: UInt8(ascii: "="), count: bits == 2 ? 2 : 1)]
    }
}

/// One way of writing a text between the quotes of JSON.
private struct JSONStyle {
    var escapesSlash: Bool
    /// Whether only ASCII is written.
    var isPlain: Bool
    /// Whether what has a meaning in HTML is written by its number.
    var isForHTML: Bool
    var isUppercase: Bool

    static let all: [JSONStyle] = [false, true].flatMap { slash in
        [false, true].flatMap { plain in
            [false, true].flatMap { html in
                [false, true].map {
                    JSONStyle(escapesSlash: slash, isPlain: plain, isForHTML: html, isUppercase: $0)
                }
            }
        }
    }

    func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "/" where escapesSlash: result += "\\/"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "<", ">", "&", "'", "+": result += isForHTML ? number(UInt16(scalar.value)) : String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f || isPlain && scalar.value > 0x7f:
                for unit in String(scalar).utf16 { result += number(unit) }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private func number(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16, uppercase: isUppercase)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
