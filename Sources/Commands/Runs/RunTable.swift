// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Terminal

/// Runs in a table, the newest first.
struct RunListTable {
    let runs: [RunSummary]
    let now: Double
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    let width: Int?

    private static let columns: [PaintedTable.Column] = [
        .init(title: "when"), .init(title: "began", spare: 1), .init(title: "id"), .init(title: "state"),
        .init(title: "script", narrowest: 12), .init(title: "by", spare: 4, narrowest: 10),
        .init(title: "cluster", spare: 3, narrowest: 6), .init(title: "changes"),
        .init(title: "took", isRight: true, spare: 5),
    ]

    /// The lines, each ended by a line feed.
    func text() -> String {
        let table = PaintedTable(columns: Self.columns, rows: runs.map(cells), style: style, width: width).lines()
        return ([table.header] + table.rows).map { $0 + "\n" }.joined()
    }

    private func cells(_ run: RunSummary) -> [PaintedTable.Cell] {
        let standing = RunStanding(run)
        let ago = Int(max(0, min(now - run.started, 1e12)))
        let when = ago < 1 ? "now" : TimeText.span(ago) + " ago"
        let began = UTCTime.text(run.started).prefix(16).replacing("T", with: " ")
        let who = (run.account ?? "?") + (run.caller == .human ? "" : " (\(run.caller.rawValue))")
        let took = TimeText.span(Int(min(run.seconds(now: now), 1e12)))
        return [
            .init(text: when), .init(text: String(began), paint: style.dim), .init(text: run.shortID),
            .init(text: standing.word(run), paint: standing.paint(style)), .init(text: run.script.scriptName),
            .init(text: who), .init(text: run.cluster), .init(text: changes(of: run), paint: paint(run)),
            .init(text: took, paint: style.dim),
        ]
    }

    private func changes(of run: RunSummary) -> String {
        var parts = ["\(run.done) done"]
        if run.failed > 0 { parts.append("\(run.failed) failed") }
        if run.open > 0 { parts.append("\(run.open) open") }
        return parts.joined(separator: ", ")
    }

    private func paint(_ run: RunSummary) -> (String) -> String {
        if run.open > 0 { return style.yellow }
        if run.failed > 0 { return style.red }
        return { $0 }
    }
}

extension String {
    /// A chunk's name without the mark that Lua puts before it.
    var scriptName: String { hasPrefix("@") || hasPrefix("=") ? String(dropFirst()) : self }
}
