// SPDX-License-Identifier: Apache-2.0
import Testing
import YAML

struct YAMLDocumentTests {
    private func message(_ text: String) -> String {
        do {
            _ = try YAMLDocument(parsing: text, file: "f")
            return "parsed"
        } catch { return error.description }
    }

    @Test func keepsOrderAndPlaces() throws {
        let root = try YAMLDocument(parsing: "b: 1\na:\n  - x\n  - {k: \"5\"}\n", file: "f").root
        #expect(try root.members().map(\.key.scalar) == ["b", "a"])
        let list = try #require(root["a"]).elements()
        #expect(list.map(\.line) == [3, 4])
        #expect(list.map(\.column) == [5, 5])
        guard case .scalar("5", quoted: true) = list[1]["k"]?.kind else {
            Issue.record("quoted text lost its quotes")
            return
        }
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~"])
    func readsAnEmptyFileAsNull(_ text: String) throws {
        #expect(try YAMLDocument(parsing: text, file: "f").root.isNull)
    }

    @Test(arguments: [
        ("a: &x 1", "f:1:4: anchors (`&name`) are not supported"),
        ("a: [&x b, *x]", "f:1:5: anchors (`&name`) are not supported"),
        ("a: *x", "f:1:4: aliases (`*name`) are not supported; write the value out"),
        ("a: !!int 1", "f:1:4: tags (`!name`) are not supported"),
        ("a: &x {b: 1}", "f:1:4: anchors (`&name`) are not supported"),
        ("a: 1\nb: 2\na: 3", "f:3:1: the key `a` stands twice, first in line 1"),
        ("a: 1\n\"a\": 3", "f:2:1: the key `a` stands twice, first in line 1"),
        ("[a]: 1", "f:1:1: a key must be plain text"),
        ("a: 1\n---\nb: 2", "f:2:1: the file holds more than one document"),
        ("a: \"x\\0y\"", "f:1:4: text must not hold a NUL"),
        ("a:\n\tb: 1", "f:2:1: found character that cannot start any token (while scanning for the next token)"),
        ("a: [1, 2", "f:2:1: did not find expected ',' or ']' (while parsing a flow sequence)"),
        ("a: 1\n  b: 2", "f:2:4: mapping values are not allowed in this context"),
        ("a: 1\nb: \u{1}", "f:2:4: control characters are not allowed"),
    ])
    func refuses(_ text: String, _ expected: String) {
        #expect(message(text) == expected)
    }

    @Test func refusesInvalidUTF8() {
        #expect(throws: YAMLError(file: "f", line: 2, column: 4, message: "invalid leading UTF-8 octet")) {
            try YAMLDocument(parsing: Array("a: 1\nb: ".utf8) + [0xff], file: "f")
        }
    }

    @Test func refusesMoreThan32Levels() throws {
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try YAMLDocument(parsing: deepest, file: "f")
        #expect(message("[\(deepest)x]").contains("did not find"))
        #expect(message("[\([deepest].joined())]") == "parsed")
        #expect(message("[[\(deepest)]]") == "f:1:34: nested deeper than 32 levels")
    }

    @Test func refusesMoreThanOneMebibyte() {
        let comment = "#" + String(repeating: "x", count: YAMLDocument.maximumSize)
        #expect(message(comment) == "f:1:1: the file is larger than 1 MiB")
        #expect(message(String(comment.dropLast())) == "parsed")
    }

    /// Cut anywhere, or with any byte replaced, a file is read or refused; the process lives.
    @Test func survivesDamagedText() {
        let whole = Array("version: 1\nclusters:\n  lab: { hosts: [a, 'b'], \"x\": |\n  }\n? k\n: - v\n".utf8)
        for length in 0...whole.count { _ = try? YAMLDocument(parsing: Array(whole.prefix(length)), file: "f") }
        for index in whole.indices {
            for byte in [0x00, 0x09, 0x22, 0x26, 0x2a, 0x3a, 0x5b, 0x80, 0xff] as [UInt8] {
                var damaged = whole
                damaged[index] = byte
                _ = try? YAMLDocument(parsing: damaged, file: "f")
            }
        }
    }
}
