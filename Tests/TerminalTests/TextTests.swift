// SPDX-License-Identifier: Apache-2.0
import Terminal
import Testing
import Text

struct TextTests {
    @Test(arguments: [
        ("plain ü 漢 e\u{301}", "plain ü 漢 e\u{301}"), ("\u{1b}[31mred", "\\x1b[31mred"), ("a\u{7f}b", "a\\x7fb"),
        ("a\u{9b}31m", "a\\u{009b}31m"), ("a\rb\nc\td", "a\\rb\\nc\\td"),
        ("\u{202e}evil\u{202c}", "\\u{202e}evil\\u{202c}"),
        ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("pay\u{200b}pal", "pay\\u{200b}pal"),
        ("\u{feff}x\u{2028}y\u{2029}", "\\u{feff}x\\u{2028}y\\u{2029}"), ("a\u{ad}b", "a\\u{00ad}b"),
        ("we\u{fe0f}b ❤\u{fe0f}", "we\\u{fe0f}b ❤\u{fe0f}"),
        ("n\u{323}\u{302}\u{301}\u{301}\u{301}", "n\u{323}\u{302}\u{301}\u{301}\\u{0301}"),
        ("\u{e0041}", "\\u{e0041}"), ("\u{3164}", "\\u{3164}"), ("\u{0}", "\\x00"),
    ])
    func makesWhatIsHiddenVisible(_ text: String, _ expected: String) {
        #expect(TextCleaner.clean(text) == expected)
        #expect(TextCleaner.clean(bytes: text.utf8) == expected)
    }

    @Test func keepsLinesAndTabsWhenAsked() {
        #expect(TextCleaner.clean("a\n\tb\r", keeping: [.newlines, .tabs]) == "a\n\tb\\r")
        #expect(TextCleaner.clean("a\n\tb", keeping: .newlines) == "a\n\\tb")
    }

    @Test(
        arguments: [
            ([0x61, 0xff, 0x62], "a\\xffb"), ([0xc3], "\\xc3"), ([0xc0, 0xaf], "\\xc0\\xaf"),
            ([0xe2, 0x82, 0x41], "\\xe2\\x82A"), ([0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"), ([0xc3, 0xbc], "ü"),
            ([0xff, 0xc3, 0xbc, 0xfe], "\\xffü\\xfe"), ([], ""),
        ] as [([UInt8], String)])
    func showsBytesThatAreNoText(_ bytes: [UInt8], _ expected: String) {
        #expect(TextCleaner.clean(bytes: bytes) == expected)
    }

    @Test func leavesNothingThatSteersATerminal() {
        for value in (0 as UInt32)...0x2ffff {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let cleaned = TextCleaner.clean(String(Character(scalar)))
            let isSafe = cleaned.unicodeScalars.allSatisfy {
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
            #expect(isSafe && !cleaned.isEmpty, "\(value)")
        }
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("ü", 1), ("e\u{301}", 1), ("漢字", 4), ("ｱ", 1), ("Ａ", 2), ("😀", 2), ("한", 2), ("🇩🇪", 2),
    ])
    func knowsHowWideTextIs(_ text: String, _ expected: Int) { #expect(text.displayWidth == expected) }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("漢字漢", 4, "漢…"), ("abc", 1, "…"), ("abc", 0, ""), ("", 0, ""),
    ])
    func cutsText(_ text: String, _ width: Int, _ expected: String) {
        #expect(text.truncated(toWidth: width) == expected)
    }

    @Test func `columns that tell rows apart keep their width while others give way`() {
        let rows = [["101", "web-frontend-1", "a long description that nobody needs in full", "running"]]
        let text = TableRenderer(headings: ["vmid", "name", "description", "status"], width: 50).render(rows)
        for kept in ["vmid", "101", "web-frontend-1", "running"] { #expect(text.contains(kept)) }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 50 })
    }

    @Test func setsATable() {
        let table = TableRenderer(headings: ["vmid", "name", "cpu"])
        #expect(table.render([]) == "")
        #expect(
            table.render([["100", "db-01", "1.5"], ["9000", "漢", ""], ["7"]]) == """
                vmid  name   cpu
                 100  db-01  1.5
                9000  漢
                   7

                """)
    }

    @Test func holdsATableToItsWidthAndCleansCells() {
        let table = TableRenderer(headings: ["id", "description"], width: 14, style: Style(isEnabled: true))
        #expect(
            table.render([["1", "a long description"], ["2", "x\u{1b}[2J\ny"]]) == """
                \u{1b}[1mid  descripti…\u{1b}[0m
                 1  a long de…
                 2  x\\x1b[2J\\…

                """)
    }

    @Test func everyLineFitsTheWidthItCanFit() {
        let rows = [["aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbb", "1234567"], ["漢字漢字漢字漢字", "b", "1"]]
        for width in 16...60 {
            let text = TableRenderer(headings: ["one", "two", "three"], width: width).render(rows)
            #expect(text.split(separator: "\n").allSatisfy { String($0).displayWidth <= width }, "\(width)\n\(text)")
        }
    }

    @Test(arguments: [
        ("one two three", 7, ["one two", "three"]), ("one two", nil, ["one two"]), ("", 4, [""]),
        ("a verylongword b", 6, ["a", "verylongword", "b"]), ("漢字 漢字", 6, ["漢字", "漢字"]), ("a  b", 2, ["a", "b"]),
    ])
    func linesAreBrokenAtSpacesAndWordsStayWhole(_ text: String, _ width: Int?, _ lines: [String]) {
        #expect(text.wrapped(toWidth: width) == lines)
    }

    @Test func coloursOnlyWhenAsked() {
        #expect(Style(isEnabled: false).red("x") == "x")
        #expect(Style(isEnabled: true).red("x") == "\u{1b}[31mx\u{1b}[0m")
        #expect(Style(isEnabled: true).bold("") == "")
    }
}
