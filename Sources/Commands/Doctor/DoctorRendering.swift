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
            lines.append("\(mark(check.verdict)) \(label)\(gap)  \(TextCleaner.clean(check.words))")
            guard let next = check.next else { continue }
            let indent = String(repeating: " ", count: column + 12)
            lines.append("\(indent)\(style.dim("→ " + TextCleaner.clean(next)))")
        }
        if !report.access.isEmpty {
            let table = TableRenderer(headings: ["operation", "may", "where"], width: width, style: style)
            lines += ["", table.render(report.access.map { ["pve.\($0.operation)", $0.verdict, $0.words] })]
        } else {
            lines.append("")
        }
        lines.append(summary(report))
        return lines.joined(separator: "\n") + "\n"
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
