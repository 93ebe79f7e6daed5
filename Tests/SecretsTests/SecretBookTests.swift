// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Secrets
import Testing

/// The forms of a secret, and that each is found whatever stands around it.
struct SecretBookTests {
    private static let secrets = [
        "a0b1c2d3-e4f5-4678-9abc-def012345678", "pa ss\"w\\ör/d+%<&'>", "PVE:root@pam:65A1::c2lnbmF0dXJl/+==",
        "12345678",
        "12345678.25", "ünïcödé-😀-key",
    ]

    /// What other programs make of a secret, by means that are not the book's own.
    private static func forms(_ secret: String) throws -> [String] {
        let bytes = Data(secret.utf8)
        var forms = [
            secret, bytes.map { String(format: "%02x", $0) }.joined(),
            bytes.map { String(format: "%02X", $0) }.joined(),
        ]
        let unreserved = CharacterSet(charactersIn: "-._~").union(.init(charactersIn: "a"..."z"))
            .union(.init(charactersIn: "A"..."Z")).union(.init(charactersIn: "0"..."9"))
        let encoded = try #require(secret.addingPercentEncoding(withAllowedCharacters: unreserved))
        forms += [encoded, encoded.replacingOccurrences(of: "%20", with: "+")]
        forms.append(
            encoded.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() })
        for before in ["", "u:", "x", "user:"] {
            for after in ["", "1", "12", "&more"] {
                let base64 = Data((before + secret + after).utf8).base64EncodedString()
                forms += [
                    base64, base64.replacingOccurrences(of: "=", with: ""),
                    base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_"),
                ]
            }
        }
        let json = JSONValue.string(secret).text
        let foundation = String(decoding: try JSONEncoder().encode([secret]), as: UTF8.self)
        forms += [json, foundation, JSONValue.string(json).text]
        forms.append(
            "\""
                + secret.utf16.map {
                    $0 < 0x80 && $0 != 0x22 && $0 != 0x5c
                        ? String(UnicodeScalar(UInt8($0)))
                        : $0 == 0x22 ? "\\\"" : $0 == 0x5c ? "\\\\" : String(format: "\\u%04x", $0)
                }.joined() + "\"")
        return forms
    }

    @Test(arguments: secrets)
    func everyFormIsFoundAndReplaced(_ secret: String) throws {
        let book = SecretBook()
        for other in Self.secrets { book.register(other) }
        for form in try Self.forms(secret) {
            for text in [form, "error: '\(form)' is wrong", "[redacted" + form] {
                #expect(book.holds(text) && book.holds(Array(text.utf8)), "\(form)")
                let scrubbed = book.scrub(text)
                #expect(scrubbed.contains(SecretBook.mark) && !scrubbed.contains(secret) && !book.holds(scrubbed))
                #expect(book.scrub(Array(text.utf8)) == Array(scrubbed.utf8))
            }
        }
    }

    @Test func whatIsNoSecretStaysAsItIs() {
        let book = SecretBook()
        let texts = ["", "x", "guest 100 is running", String(repeating: "ab", count: 5000), "a0b1c2d3-e4f5-4678-9abc"]
        for text in texts { #expect(book.scrub(text) == text && !book.holds(text)) }
        for secret in Self.secrets { book.register(secret) }
        for text in texts { #expect(book.scrub(text) == text && !book.holds(text)) }
    }

    @Test func aShortSecretIsNotLookedFor() {
        let book = SecretBook()
        book.register("root")
        book.register("1234567")
        #expect(book.scrub("root has 1234567 bytes") == "root has 1234567 bytes")
        book.register("12345678")
        #expect(book.scrub("it is 12345678") == "it is [redacted]")
    }

    @Test func namesAndNumbersInJSONAreLookedAt() {
        let book = SecretBook()
        book.register("12345678")
        book.register("hunter2-hunter2")
        let value: JSONValue = ["hunter2-hunter2": 1, "n": 12_345_678, "l": ["x hunter2-hunter2", 7, nil, true]]
        #expect(
            book.scrub(value) == ["[redacted]": 1, "n": "[redacted]", "l": ["x [redacted]", 7, nil, true]])
    }

    @Test func secretsThatOverlapAreBothGone() {
        let book = SecretBook()
        book.register("abcdefgh-1234")
        book.register("1234-ijklmnop")
        book.register("abcdefgh-1234-long")
        #expect(book.scrub("<abcdefgh-1234-ijklmnop>") == "<[redacted]>")
        #expect(book.scrub("<abcdefgh-1234-long>") == "<[redacted]>")
        #expect(book.scrub("abcdefgh-1234abcdefgh-1234") == "[redacted][redacted]")
    }

    @Test func aKeyIsFoundLineByLine() {
        let book = SecretBook()
        let key =
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END PRIVATE KEY-----\n"
        book.register(key)
        #expect(book.scrub("bad line: AQEFAASCBKcwggSjAgEAAoIB") == "bad line: [redacted]")
        #expect(book.scrub("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----")
    }

    @Test func ofPassingSecretsTheLatestAreKept() {
        let book = SecretBook()
        book.register("lasting-secret")
        for number in 0..<100 { book.register("ticket-number-\(1000 + number)", isPassing: true) }
        #expect(book.holds("lasting-secret") && book.holds("ticket-number-1099") && book.holds("ticket-number-1036"))
        #expect(!book.holds("ticket-number-1035"))
    }

    @Test func aSecretInTwoPiecesIsFound() throws {
        let book = SecretBook()
        for secret in Self.secrets { book.register(secret) }
        for secret in Self.secrets {
            let text = Array("before \(secret) between \(secret)\nafter".utf8)
            let expected = book.scrub(text)
            for size in [1, 2, 3, 5, 7, 11] {
                var stream = SecretStream(book)
                var result: [UInt8] = []
                for start in stride(from: 0, to: text.count, by: size) {
                    result += stream.push(Array(text[start..<min(start + size, text.count)]))
                }
                result += stream.finish()
                #expect(result == expected, "in pieces of \(size)")
            }
        }
        var stream = SecretStream(book)
        #expect(stream.push(Array("a line\n".utf8)) == Array("a line\n".utf8), "what is no beginning does not wait")
    }

    @Test func aBigAnswerIsSearchedInNoTime() {
        let book = SecretBook()
        var bytes: [UInt8] = []
        while bytes.count < 5_000_000 {
            bytes += Array(
                #"{"vmid":\#(bytes.count),"name":"web-\#(bytes.count)","status":"running","cpu":0.01},"#.utf8)
        }
        let clock = ContinuousClock()
        let empty = clock.measure { #expect(!book.holds(bytes)) }
        for _ in 0..<20 { book.register(UUID().uuidString) }
        #expect(!book.holds("the search is made now"))
        let time = clock.measure { #expect(!book.holds(bytes)) }
        print("5 MB without secrets: \(empty); with 20: \(time)")
        // A debug build is many times slower.
        #expect(empty < .milliseconds(50) && time < .seconds(3))
    }
}
