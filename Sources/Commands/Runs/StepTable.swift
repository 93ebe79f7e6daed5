// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Terminal
internal import Text

/// The changes of a run in a table, with what is to be known of each below it.
struct StepTable {
    let detail: RunDetail
    let now: Double
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    let width: Int?

    private static let indent = "    "
    /// The most characters of one text that are shown, and the most lines of a log that an outcome has kept.
    private static let (longest, mostLines) = (400, 10)

    private static let columns: [PaintedTable.Column] = [
        .init(title: "#", isRight: true), .init(title: "state", least: 8), .init(title: "action", narrowest: 12),
        .init(title: "guest", narrowest: 12), .init(title: "node", spare: 3), .init(title: "line", spare: 2),
        .init(title: "began", spare: 1), .init(title: "took", isRight: true, spare: 4),
    ]

    /// The lines of the whole table.
    func lines() -> [String] { lines(of: detail.steps, besides: 0, withHeader: true) }

    /// The lines of some steps.
    ///
    /// - Parameter neighbours: How many of the latest steps are set in columns with them, so that lines told one after the other
    ///   stand below each other.
    func lines(of steps: [StepRecord], besides neighbours: Int, withHeader: Bool) -> [String] {
        guard !steps.isEmpty else { return [] }
        let all = (steps + detail.steps.suffix(neighbours)).map { StepLine(step: $0, run: detail.summary) }
        let rows = all.map(cells)
        let table = PaintedTable(columns: Self.columns, rows: rows, style: style, width: width).lines()
        var lines = withHeader ? [table.header] : []
        for (index, step) in all.prefix(steps.count).enumerated() {
            lines.append(table.rows[index])
            let hidden = table.missing[index].filter { !rows[index][$0].text.isEmpty }
                .map { "\(Self.columns[$0].title) \(rows[index][$0].text)" }
            lines += details(of: step, hidden)
        }
        return lines
    }

    private func cells(_ line: StepLine) -> [PaintedTable.Cell] {
        let began = UTCTime.text(line.step.intended).dropFirst(11).prefix(8)
        let took = line.seconds(now: now).map { TimeText.span(Int(min($0, 1e12))) } ?? "?"
        return [
            .init(text: "\(line.step.sequence)"), .init(text: line.word, paint: line.paint(style)),
            .init(text: line.action), .init(text: line.subject), .init(text: line.step.intent.node ?? "-"),
            .init(text: line.place, paint: style.dim), .init(text: String(began), paint: style.dim),
            .init(text: took, paint: style.dim),
        ]
    }

    // MARK: - Below a change

    private func details(of line: StepLine, _ hidden: [String]) -> [String] {
        let step = line.step
        var lines: [String] = []
        if !hidden.isEmpty { lines += set(hidden.joined(separator: ", "), style.dim) }
        let others = line.actions.dropFirst()
        if !others.isEmpty { lines += set("also " + others.joined(separator: ", "), style.dim) }
        if step.intent.vmid == nil || !step.state.isSettled && !detail.summary.isHeld {
            lines += set(line.request, style.dim)
        }
        // Whole, to be copied.
        if let upid = step.upid { lines.append(Self.indent + style.dim(TextCleaner.clean(upid))) }
        if let problem = line.problem {
            lines += set("! " + problem, step.state == .failed ? style.red : style.yellow)
        }
        for name in ["raw", "hint"] {
            guard step.state == .failed || step.state == .inDoubt, let text = step.outcome?[name]?.string,
                line.problem?.contains(text) != true
            else { continue }
            lines += set((name == "raw" ? "Proxmox said: " : "hint: ") + text, style.dim)
        }
        lines += doubts(line)
        let log = detail.logs[step.sequence] ?? Array(line.log.suffix(Self.mostLines))
        return lines + log.flatMap { set("| " + $0, style.dim) }
    }

    /// What is known of a change of which it is not known whether it happened.
    private func doubts(_ line: StepLine) -> [String] {
        let step = line.step
        guard !step.state.isSettled, !detail.summary.isHeld || step.state == .inDoubt else { return [] }
        var known: [String] = []
        switch step.state {
        case .intent: known.append("it was about to be sent at \(UTCTime.text(step.intended))")
        case .accepted: known.append("the cluster took it at \(UTCTime.text(step.accepted ?? step.intended))")
        default: known.append("it was sent at \(UTCTime.text(step.sent ?? step.intended)), no answer is on record")
        }
        if let name = step.intent.identity?["uuid"]?.string { known.append("the guest's uuid was \(name)") }
        var lines = set("? " + known.joined(separator: "; "), style.yellow)
        for text in Self.evidence(step.intent.evidence) { lines += set("  " + text, style.dim) }
        return lines
    }

    /// What was written down before it was sent, as far as it helps a person to find out what became of it.
    private static func evidence(_ evidence: JSONValue?) -> [String] {
        guard let call = evidence?["call"] else { return [] }
        var lines: [String] = []
        if let guest = call["guest"], let state = guest["current"]?["qmpstatus"] ?? guest["current"]?["status"] {
            let digest = guest["config"]?["digest"]?.string.map { ", its configuration's digest \($0.prefix(12))…" }
            lines.append("before it the guest was \(state.perlText ?? "unknown")\(digest ?? "")")
        }
        if let known = call["tasks"]?["known"]?.array, !known.isEmpty {
            lines.append("of the same kind were there already: " + known.compactMap(\.string).joined(separator: ", "))
        }
        if let user = call["user"]?.string { lines.append("its task is one of \(user)") }
        return lines
    }

    /// A text in lines of the window, indented; a very long one only as its beginning.
    private func set(_ text: String, _ paint: (String) -> String) -> [String] {
        let left = text.count - Self.longest
        let shown = left > 0 ? "\(text.prefix(Self.longest))… (\(left) more characters)" : text
        return TextCleaner.clean(shown).broken(toWidth: width.map { max($0 - Self.indent.count, 16) })
            .map { Self.indent + paint($0) }
    }
}
