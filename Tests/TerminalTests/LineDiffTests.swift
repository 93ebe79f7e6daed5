// SPDX-License-Identifier: Apache-2.0
import Testing
import Text

struct LineDiffTests {
    @Test func sameTextsDifferInNothing() {
        #expect(LineDiff.lines(from: "a\nb\n", to: "a\nb\n").isEmpty)
        #expect(LineDiff.lines(from: "", to: "").isEmpty)
    }

    @Test(arguments: [
        ("a\nb\nc", "a\nx\nc", ["@@ line 1 @@", " a", "-b", "+x", " c"]),
        ("a\nb", "a\nb\nc", ["@@ line 1 @@", " a", " b", "+c"]),
        ("a\nb\nc", "b\nc", ["@@ line 1 @@", "-a", " b", " c"]),
        ("", "a", ["@@ line 1 @@", "-", "+a"]),
        (
            "1\n2\n3\n4\n5\n6\n7\n8\n9", "1\nx\n3\n4\n5\n6\n7\ny\n9",
            ["@@ line 1 @@", " 1", "-2", "+x", " 3", " 4", "@@ line 6 @@", " 6", " 7", "-8", "+y", " 9"]
        ),
    ])
    func differencesStandAmongTheirNeighbours(old: String, new: String, lines: [String]) {
        #expect(LineDiff.lines(from: old, to: new) == lines)
    }

    @Test func manyLinesAreCut() {
        let old = (1...100).map(String.init).joined(separator: "\n")
        let lines = LineDiff.lines(from: old, to: "other", most: 10)
        #expect(lines.count == 11 && lines.last == "… and 92 more lines")
    }

    @Test func hugeTextsAreNotComparedLineByLine() {
        let old = (1...3000).map(String.init).joined(separator: "\n")
        let new = (5000...9000).map(String.init).joined(separator: "\n")
        #expect(LineDiff.lines(from: old, to: new).count == 41)
    }
}
