// SPDX-License-Identifier: Apache-2.0
internal import Runbook
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

    /// What may be done and where; operations of which the same is true share a line, and what is missing is never cut off.
    private func access(_ rows: [DoctorReport.AccessRow]) -> String {
        var order: [[String]] = []
        var names: [[String]: [String]] = [:]
        for row in rows {
            let key = [row.verdict, row.words]
            if names[key] == nil { order.append(key) }
            names[key, default: []].append(row.operation)
        }
        let ranks = ["no", "partly", "depends", "yes"]
        order = order.enumerated().sorted { left, right in
            let (one, other) = (ranks.firstIndex(of: left.element[0]) ?? 0, ranks.firstIndex(of: right.element[0]) ?? 0)
            return (one, left.offset) < (other, right.offset)
        }.map(\.element)
        let verdicts = order.map(\.[0].displayWidth).max().map { max($0, 3) + 2 } ?? 5
        let room = room(verdicts + 2)
        // Each of the two columns that are wrapped gets what it needs, and half of the room where both need much.
        let longest = order.map(\.[1].displayWidth).max() ?? 0
        let wheres = room.map { min(longest, max(20, $0 / 2)) } ?? longest
        let cells = order.flatMap { key -> [[String]] in
            let places = TextCleaner.clean(key[1]).wrapped(toWidth: room == nil ? nil : wheres)
            let list = (names[key] ?? []).joined(separator: ", ")
            let operations = list.wrapped(toWidth: room.map { max(20, $0 - wheres) })
            return (0..<max(places.count, operations.count)).map { line in
                [
                    line == 0 ? key[0] : "", line < places.count ? places[line] : "",
                    line < operations.count ? operations[line] : "",
                ]
            }
        }
        return TableRenderer(headings: ["may", "where", "pve."], style: style).render(cells)
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
