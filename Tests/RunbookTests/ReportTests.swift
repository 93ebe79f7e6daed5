// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Model
import Testing

@testable import Runbook

/// `pve.report`: records as text, Markdown, CSV and chart, with names that mean harm.
struct ReportTests {
    private func report(_ records: String, _ options: String = "nil") async throws -> String {
        let bench = try Bench()
        let failure = try await bench.failure(of: "print(pve.report(\(records), \(options)))")
        #expect(failure == nil, "\(records)")
        return String(bench.output.text.dropLast())
    }

    private static let two =
        "{ { vmid = 7, name = 'a', mem = 1073741824, tags = { 'x', 'y' }, cpu = 0.256 }, { vmid = 10, name = 'bcd', up = true } }"

    @Test func textIsAligned() async throws {
        let text = try await report(
            Self.two, "{ columns = { 'vmid', 'name', 'mem', 'cpu', 'tags' }, title = 'Guests' }")
        #expect(
            text == """
                Guests

                vmid  name  mem    cpu   tags
                   7  a     1 GiB  26 %  x y
                  10  bcd
                """)
    }

    @Test func columnsAreFoundWhereNoneAreNamed() async throws {
        #expect(try await report(Self.two).hasPrefix("cpu   mem    name  tags  up    vmid\n"))
        let bench = try Bench()
        let code =
            "print(pve.report(pve.list_vms())) print(pve.report(pve.list_nodes())) print(pve.report({ pve.storage('shared') }))"
        #expect(try await bench.failure(of: code) == nil)
        let heads = bench.output.text.split(separator: "\n").filter { $0.contains("status") }
        #expect(heads.count == 3)
        #expect(heads.first?.hasPrefix("vmid  name") == true && heads.last?.hasPrefix("storage  type") == true)
    }

    @Test func markdownEscapesWhatWouldBeMarkup() async throws {
        let text = try await report(
            "{ { name = 'a|b', n = 1 }, { name = '[x](http://evil) <b>*_`&', n = -2 } }",
            "{ format = 'markdown', columns = { 'name', 'n' }, title = '# <T>' }")
        #expect(
            text == ##"""
                ## \# &lt;T&gt;

                | name | n |
                |---|---:|
                | a\|b | 1 |
                | \[x\](http://evil) &lt;b&gt;\*\_\`&amp; | -2 |
                """##)
    }

    /// RFC 4180, and no cell that a spreadsheet would calculate.
    @Test(arguments: [
        ("'plain'", "plain"), ("'a,b'", "\"a,b\""), ("'say \"hi\"'", "\"say \"\"hi\"\"\""), ("'=1+1'", "'=1+1"),
        ("'+1'", "'+1"), ("'-1'", "'-1"), ("'@SUM(A1)'", "'@SUM(A1)"), ("' =1'", "' =1"), ("'\\t=1'", "' =1"),
        ("' a '", "\" a \""),
        ("'=HYPERLINK(\"http://x\",\"y\")'", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), ("-1", "-1"),
        ("1.5", "1.5"), ("true", "true"), ("'two\\nlines'", "two lines"), ("{ '=1', 'b' }", "'=1 b"), ("''", ""),
        ("1e300", "1e+300"), ("12345678901", "12345678901"),
    ])
    func cellOfCSV(value: String, cell: String) async throws {
        let text = try await report("{ { v = \(value), w = 1 } }", "{ format = 'csv', columns = { 'v', 'w' } }")
        #expect(text == "v,w\r\n\(cell),1")
    }

    @Test func headingsOfCSVAreCellsToo() async throws {
        #expect(try await report("{ { ['=1,2'] = 1 } }", "{ format = 'csv' }") == "\"'=1,2\"\r\n1")
    }

    @Test(arguments: [
        "'<script>alert(1)</script>'", "'\"/><image href=\"x\"/>'", "'&amp;&#0;'", "']]>'", "'\\0\\1\\27[31m'",
        "'\\u{202e}abc\\u{2066}'", "'\\u{fffe}\\u{ffff}'", "('ä'):rep(200)", "'\\u{85}\\u{9b}'", "'\\u{1f600}'",
    ])
    func aChartIsWellFormedWhateverTheNames(name: String) async throws {
        let text = try await report(
            "{ { vmid = 1, name = \(name), kind = \(name), node = \(name), status = \(name), mem = 1, maxmem = 2 } }",
            "{ format = 'svg', title = '<t> & \"q\"' }")
        let reader = ElementReader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(text)")
        #expect(Set(reader.names) == ["svg", "title", "style", "rect", "text"])
        #expect(text.unicodeScalars.allSatisfy { !(0x202a...0x202e).contains($0.value) && $0.value != 0x9b })
    }

    @Test func barsAreAsLongAsWhatIsUsed() async throws {
        let text = try await report(
            """
            { { node = 'a', status = 'online', cpu = 0.5, maxcpu = 4, mem = 95, maxmem = 100, disk = 0, maxdisk = 100 },
              { node = 'b', status = 'offline', mem = 80, maxmem = 100, cpu = 7, maxdisk = 2^40 } }
            """, "{ format = 'svg' }")
        let bars = text.matches(of: #/class="(low|high|full)" x="(\d+)" y="(\d+)" width="([0-9.]+)"/#).map {
            "\($0.1) \($0.2) \($0.3) \($0.4)"
        }
        #expect(bars == ["low 220 88 80.0", "full 400 88 152.0", "full 220 130 160.0", "high 400 130 128.0"])
        #expect(text.contains(">50 % of 4 cores<") && text.contains(">700 %<") && text.contains(">1 TiB, use unknown<"))
        #expect(text.contains(#"width="760" height="160""#))
    }

    @Test(arguments: [
        "{}", "{ {} }", "{ { vmid = 'x', maxmem = 'y', mem = {}, cpu = 'z', maxcpu = 'w', disk = true } }",
    ])
    func poorRecordsMakePoorReportsAndNoErrors(records: String) async throws {
        for format in ["text", "markdown", "csv", "svg"] {
            _ = try await report(records, "{ format = '\(format)' }")
        }
    }

    @Test func namesOfAnyScriptLeaveTheColumnsAligned() async throws {
        let text = try await report(
            "{ { a = '中文', b = 1 }, { a = 'abcd', b = 2 }, { a = 'e\\u{301}', b = 3 }, { a = '😀', b = 4 } }")
        #expect(text == "a     b\n中文  1\nabcd  2\ne\u{301}     3\n😀    4")
    }

    @Test(arguments: ["text", "markdown", "svg"])
    func figuresBeyondAllMeasureStayShort(format: String) async throws {
        let text = try await report(
            "{ { vmid = 1, status = 'x', cpu = 1e300, maxcpu = 1e300, mem = 1e300, maxmem = 1e-300, uptime = 1e300 } }",
            "{ format = '\(format)' }")
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 250 })
    }

    @Test func markdownOfNothingIsNoBrokenTable() async throws {
        #expect(try await report("{}", "{ format = 'markdown', title = 'T' }") == "## T\n\nnothing to show")
    }

    @Test func aScriptThatRedefinesStandardFunctionsBreaksItsOwnCallsOnly() async throws {
        let bench = try Bench()
        let code = """
            local say, show = print, pve.report
            ipairs, pairs, type, next, pcall, tostring, select = nil, nil, 1, 2, 3, 4, 5
            table.sort, table.concat, string.format, string.gsub, math.max, utf8.len = nil, nil, nil, nil, nil, nil
            string, table, math, utf8 = nil, nil, nil, nil
            say(show({ { vmid = 7 } }), #pve.evacuate("pve1", { preview = true }).moves)
            pve = nil
            say(show({ { vmid = 8 } }, { format = "csv" }))
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "vmid\n   7\t2\nvmid\r\n8\n")
    }

    @Test(arguments: [
        ("101", "records"), ("{ 1 }", "records[1]"), ("{ { x = 0/0 } }", "records[1].x"), ("{ { x = print } }", "x"),
        ("{ { x = '\\255' } }", "x"), ("{}, { format = 'pdf' }", "options.format"),
        ("{ {} }, { format = 'svg', columns = { 'tags' } }", "options.columns"),
    ])
    func whatIsNoRecordIsAnErrorThatNamesIt(arguments: String, name: String) async throws {
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: "pve.report(\(arguments))"))
        #expect(failure.kind == .parameter && failure.message.contains(name), "\(failure)")
    }
}

private final class ElementReader: NSObject, XMLParserDelegate {
    var names: [String] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names.append(name)
    }
}
