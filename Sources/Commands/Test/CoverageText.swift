// SPDX-License-Identifier: Apache-2.0
internal import Rehearsal
internal import Terminal
internal import Text

/// Which lines ran, for people and for lcov.
struct CoverageText {
    private let report: TestReport

    init(_ report: TestReport) { self.report = report }

    private var files: [CoverageBook.File] { report.coverage ?? [] }

    /// A table of the runbooks: share and the lines that did not run.
    var table: String {
        let rows = files.map { file in
            [
                TextCleaner.clean(report.shown(file.path)), "\(file.percent.rounded(to: 10)) %",
                "\(file.covered) of \(file.lines.count)", Self.ranges(file.missed),
            ]
        }
        guard !rows.isEmpty else { return "no runbook was run\n" }
        return "\n"
            + TableRenderer(
                headings: ["runbook", "covered", "lines", "not run"], width: nil, style: Style(isEnabled: false)
            ).render(rows)
    }

    /// `3-5, 9`; neighbours that cannot run do not part a range.
    static func ranges(_ lines: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for line in lines {
            if let last = ranges.last, last.upperBound + 1 == line {
                ranges[ranges.count - 1] = last.lowerBound...line
            } else {
                ranges.append(line...line)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }

    /// The counts as `genhtml` and editors read them.
    var lcov: String {
        files.map { file in
            let counts = file.lines.sorted { $0.key < $1.key }.map { "DA:\($0.key),\($0.value)\n" }.joined()
            return
                "TN:\nSF:\(file.path.filter { !$0.isNewline })\n\(counts)LF:\(file.lines.count)\nLH:\(file.covered)\nend_of_record\n"
        }.joined()
    }
}
