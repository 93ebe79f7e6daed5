// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Rehearsal
internal import Terminal
internal import Text

/// Test results for people.
struct TestText {
    let style: Style
    /// Whether only what failed is told.
    let isQuiet: Bool

    private static let mostSent = 12
    private static let mostPrinted = 10

    /// What is told of a file once it is through.
    func lines(_ file: FileResult) -> String {
        var lines: [String] = []
        if !isQuiet || file.failure != nil || file.cases.contains(where: { !$0.failures.isEmpty }) {
            lines.append(style.bold(clean(file.file)))
        }
        var path: [String] = []
        for result in file.cases where !isQuiet || !result.failures.isEmpty {
            let shared = zip(path, result.declared.path).prefix { $0 == $1 }.count
            for (depth, name) in result.declared.path.enumerated() where depth >= shared {
                lines.append(indent(depth + 1) + clean(name))
            }
            path = result.declared.path
            lines.append(indent(path.count + 1) + line(result))
            for failure in result.failures { lines += details(failure, file).map { indent(path.count + 2) + $0 } }
            if !result.failures.isEmpty { lines += surroundings(result).map { indent(path.count + 2) + $0 } }
        }
        if let failure = file.failure {
            lines.append(indent(1) + style.red("✘ ") + "the file could not be run")
            lines += details(failure, file).map { indent(2) + $0 }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The last line of all.
    func summary(_ report: TestReport) -> String {
        var parts = ["\(report.passed) passed"]
        if report.failed > 0 { parts.append(style.red("\(report.failed) failed")) }
        if report.pending > 0 { parts.append("\(report.pending) pending") }
        if report.broken > 0 {
            parts.append(style.red(report.broken == 1 ? "1 file broken" : "\(report.broken) files broken"))
        }
        let files = report.files.count == 1 ? "1 file" : "\(report.files.count) files"
        return "\n\(parts.joined(separator: ", ")) in \(files)\n"
    }

    private func line(_ result: CaseResult) -> String {
        let name = clean(result.declared.name)
        if result.declared.isPending { return style.yellow("… ") + name + style.dim(" (pending)") }
        let time = style.dim(" (\(Int((result.seconds * 1000).rounded())) ms)")
        return (result.failures.isEmpty ? style.green("✔ ") : style.red("✘ ")) + name + time
    }

    /// A failure with its place, its line, and both sides.
    func details(_ failure: TestFailure, _ file: FileResult) -> [String] {
        let place = failure.place.map { clean($0) + ": " } ?? ""
        let phase = ["case", "file", "syntax"].contains(failure.phase) ? "" : "in \(failure.phase): "
        let kind = failure.kind.flatMap { $0 == "script" ? nil : " [\($0)]" } ?? ""
        var lines = [place + phase + style.red(clean(failure.message)) + style.dim(clean(kind))]
        if let source = source(failure.place, file) { lines.append("  " + source) }
        if let comparison = failure.comparison { lines += sides(comparison).map { "  " + $0 } }
        if let hint = failure.hint { lines.append("  " + style.yellow("hint: ") + clean(hint)) }
        return lines
    }

    /// Both sides of a comparison; a diff where they are long.
    private func sides(_ comparison: TestFailure.Comparison) -> [String] {
        let actual = LuaText.literal(comparison.actual, indent: 0)
        var lines: [String] = []
        if let expected = comparison.expected.map({ LuaText.literal($0, indent: 0) }) {
            let isLong = actual.contains("\n") && expected.contains("\n")
            let isDiff = isLong && comparison.matcher == "equal" && !comparison.isNegated
            if isDiff {
                let diff = LineDiff.lines(from: expected, to: actual)
                lines += diff.isEmpty ? ["both look alike: \(actual.prefix(80))"] : ["- wanted, + got"] + diff
            } else {
                let what = comparison.isNegated ? "not wanted: " : "wanted: "
                lines += Self.block(what, expected) + Self.block("got:    ", actual)
            }
        } else {
            lines += Self.block("got: ", actual)
        }
        if let note = comparison.note { lines.append(note) }
        return lines.map { line in
            let text = TextCleaner.clean(line)
            return line.hasPrefix("-") ? style.red(text) : line.hasPrefix("+") ? style.green(text) : text
        }
    }

    private static func block(_ what: String, _ text: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.prefix(30).enumerated().map {
            $0.offset == 0 ? what + $0.element.prefix(400) : "  " + $0.element.prefix(400)
        }
        return shown + (lines.count > 30 ? ["  … and \(lines.count - 30) more lines"] : [])
    }

    /// What the case's runbooks had sent, and what the case had printed.
    private func surroundings(_ result: CaseResult) -> [String] {
        var lines: [String] = []
        if !result.sent.isEmpty {
            lines.append(style.dim("what was sent:"))
            lines += result.sent.prefix(Self.mostSent).map { request in
                let guest = request.vmid.map { " \($0)" } ?? ""
                let fault = request.fault.map { " [\($0)]" } ?? ""
                return style.dim(
                    "  "
                        + clean(
                            "\(request.actions.joined(separator: ", "))\(guest): \(request.method) \(request.path)\(fault)"
                        ))
            }
            if result.sent.count > Self.mostSent {
                lines.append(style.dim("  … and \(result.sent.count - Self.mostSent) more"))
            }
        }
        let printed = result.output.split(separator: "\n")
        if !printed.isEmpty {
            lines.append(style.dim("what the case printed:"))
            lines += printed.suffix(Self.mostPrinted).map { style.dim("  " + clean(String($0.prefix(300)))) }
        }
        return lines
    }

    /// The line of the test file that a place names: `12 | expect(…)`.
    private func source(_ place: String?, _ file: FileResult) -> String? {
        guard let place, let colon = place.lastIndex(of: ":"), let number = Int(place[place.index(after: colon)...]),
            file.file.hasSuffix(place[..<colon]), number > 0
        else { return nil }
        let lines = file.source.split(separator: 0x0a, maxSplits: number, omittingEmptySubsequences: false)
        guard number <= lines.count else { return nil }
        let text = String(decoding: lines[number - 1].prefix(160), as: UTF8.self)
        return style.dim("\(number) | ") + clean(String(text.drop { $0 == " " || $0 == "\t" }))
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
    private func clean(_ text: String) -> String { TextCleaner.clean(text) }
}
