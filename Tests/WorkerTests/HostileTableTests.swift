// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The table of attacks in `docs/fortress.md` is drawn from the corpus.
///
/// To write it anew: `PVELUA_RECORD=1 swift test --filter recordedTableOfAttacks`.
struct HostileTableTests {
    private static let page = Places.repository.appendingPathComponent("docs/fortress.md")
    private static let begin = "<!-- attacks: drawn by HostileTableTests -->\n"
    private static let end = "<!-- end of attacks -->\n"

    @Test func recordedTableOfAttacks() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let begin = try #require(text.range(of: Self.begin))
        let end = try #require(text.range(of: Self.end))
        let table = try Self.table()
        if ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1" {
            let new = text[..<begin.upperBound] + table + text[end.lowerBound...]
            return try Data(new.utf8).write(to: Self.page)
        }
        #expect(String(text[begin.upperBound..<end.lowerBound]) == table, "the corpus has changed")
    }

    private static func table() throws -> String {
        var rows = "\n\(HostileTests.scripts.count) scripts.\n\n| attack | outcome | script |\n|---|---|---|\n"
        for name in HostileTests.scripts {
            let file = Places.repository.appendingPathComponent("Tests/WorkerTests/Hostile/\(name)")
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", maxSplits: 2)
            let expectation = try #require(lines.first?.dropFirst("-- expect: ".count))
            let attack = try #require(lines.dropFirst().first)
            #expect(attack.hasPrefix("-- attack: "), "\(name) does not say what it tries")
            rows += "| \(cell(attack.dropFirst("-- attack: ".count))) | \(outcome(expectation)) | `\(name)` |\n"
        }
        return rows + "\n"
    }

    private static func outcome(_ expectation: Substring) -> String {
        let words = expectation.split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "limit": return "ended: limit " + rest.replacingOccurrences(of: " ", with: " or ")
        case "error": return rest.isEmpty ? "an error of the script" : "an error: \(cell(rest))"
        default: return "comes to nothing"
        }
    }

    private static func cell(_ text: Substring) -> String { text.replacingOccurrences(of: "|", with: "\\|") }
}
