// SPDX-License-Identifier: Apache-2.0
internal import Terminal
internal import Text

/// The doctor's report for people.
struct DoctorRendering {
    let style: Style
    let width: Int?

    func text(_ report: DoctorReport) -> String {
        let who = report.identity.map { " as \($0)" } ?? ""
        var lines = [style.bold(TextCleaner.clean("cluster \(report.cluster)\(who)")), ""]
        let labels = report.checks.map(Self.label)
        let column = labels.map(\.displayWidth).max() ?? 0
        for (check, label) in zip(report.checks, labels) {
            let gap = String(repeating: " ", count: column - label.displayWidth)
            let indent = String(repeating: " ", count: column + 12)
            let words = TextCleaner.clean(check.words).wrapped(toWidth: room(column + 12))
            lines.append("\(mark(check.verdict)) \(label)\(gap)  \(words.joined(separator: "\n" + indent))")
            let shallow = String(repeating: " ", count: 10)
            // Of what is right nobody wants to read 95 characters of fingerprint.
            if check.verdict != .ok { lines += check.details.map { shallow + TextCleaner.clean($0) } }
            guard let next = check.next else { continue }
            // Below the label, where a command that is to be copied has room.
            let advice = TextCleaner.clean(next).wrapped(toWidth: room(12))
            lines += advice.enumerated().map { shallow + style.dim(($0.offset == 0 ? "→ " : "  ") + $0.element) }
        }
        lines += report.access.isEmpty ? [""] : ["", access(report.access)]
        lines.append(summary(report))
        return lines.joined(separator: "\n") + "\n"
    }

    /// The columns that are left behind an indent; what is too narrow to be read is not wrapped.
    private func room(_ indent: Int) -> Int? { width.flatMap { $0 - indent >= 20 ? $0 - indent : nil } }

    /// What may be done and where; what is missing is never cut off.
    private func access(_ rows: [DoctorReport.AccessRow]) -> String {
        let headings = ["operation", "may", "where"]
        let names = rows.map { ["pve.\($0.operation)", $0.verdict] }
        let taken = (0..<2).map { column in
            names.reduce(headings[column].displayWidth) { max($0, $1[column].displayWidth) } + 2
        }
        let cells = zip(rows, names).flatMap { row, names -> [[String]] in
            let words = TextCleaner.clean(row.words).wrapped(toWidth: room(taken[0] + taken[1]))
            return words.enumerated().map { ($0.offset == 0 ? names : ["", ""]) + [$0.element] }
        }
        return TableRenderer(headings: headings, style: style).render(cells)
    }

    private static func label(_ check: DoctorCheck) -> String {
        TextCleaner.clean([check.topic, check.subject].compactMap { $0 }.joined(separator: " "))
    }

    private func mark(_ verdict: DoctorVerdict) -> String {
        switch verdict {
        case .ok: style.green("ok     ") + "  "
        case .warning: style.yellow("warning") + "  "
        case .problem: style.red("problem") + "  "
        case .unknown: style.dim("unknown") + "  "
        }
    }

    private func summary(_ report: DoctorReport) -> String {
        func count(_ verdict: DoctorVerdict, _ one: String) -> String? {
            let number = report.checks.count { $0.verdict == verdict }
            return number == 0 ? nil : "\(number) \(one)\(number == 1 ? "" : "s")"
        }
        let parts = [
            count(.problem, "problem"), count(.warning, "warning"), count(.unknown, "unknown thing"),
        ].compactMap { $0 }
        guard !parts.isEmpty else { return style.green("all is well") }
        let text = parts.joined(separator: ", ")
        return report.status == .done ? text : style.red("\(text); exit status \(report.status.rawValue)")
    }
}
