// SPDX-License-Identifier: Apache-2.0
internal import Terminal
internal import Text

/// The frame around everything that a person is asked to agree to; all of it may come from outside and is cleaned here.
///
/// What is longer than the terminal is wide goes on below, inside the frame, so that no text can look like a line of ours.
struct ConsentBox {
    /// A line before it is set: how it begins, and what it says.
    private struct Row {
        var lead: String
        var text: String
        var emphasis: Emphasis
    }

    private enum Emphasis { case none, change, warning }

    private let style: Style
    private let subject: String
    private let mostLines: Int
    private var rows: [Row] = []

    /// How many columns names take.
    private static let nameWidth = 9
    /// The narrowest frame.
    private static let narrowest = 30

    /// Begins with what is asked for.
    ///
    /// - Parameter mostLines: How many lines one text gets before the rest of it is only counted.
    init(_ subject: String, style: Style, mostLines: Int = 12) {
        self.style = style
        self.mostLines = mostLines
        self.subject = TextCleaner.clean(subject)
    }

    /// Adds a line with its name in front; without one it continues what is above.
    mutating func add(_ name: String, _ value: String) {
        let padding = String(repeating: " ", count: max(1, Self.nameWidth - name.displayWidth))
        add(TextCleaner.clean(name) + padding, value, .none)
    }

    /// Adds a line.
    mutating func add(_ line: String) { add("", line, .none) }

    /// Adds a line that must not be overlooked.
    mutating func add(change: String) { add("changed while you were asked: ", change, .change) }

    /// Adds a warning.
    mutating func add(warning: String) { add("! ", warning, .warning) }

    private mutating func add(_ lead: String, _ text: String, _ emphasis: Emphasis) {
        rows.append(Row(lead: lead, text: TextCleaner.clean(text), emphasis: emphasis))
    }

    /// The text up to where the person types.
    ///
    /// - Parameter width: The columns of the terminal, or nil to let lines be as long as they are.
    func text(asking expected: String, width: Int? = nil) -> String {
        let width = width.map { max($0, Self.narrowest) }
        let title = "pvelua asks for consent: \(subject)".broken(toWidth: width.map { $0 - 3 })
        var lines = title.enumerated().map { ($0.offset == 0 ? "┌ " : "│   ") + style.bold($0.element) }
        for row in rows { lines += set(row, width) }
        let (before, after) = ("type ", " to go on, anything else to stop: ")
        // Room to type the answer on the same line, where the terminal is wide enough for that.
        if width.map({ 2 + (before + expected + after + expected).displayWidth < $0 }) ?? true {
            return (lines + ["└ \(before)\(style.bold(expected))\(after)"]).joined(separator: "\n")
        }
        lines += ["│", "│ to go on, type", "│   " + style.bold(expected), "│ anything else stops"]
        return (lines + ["└ "]).joined(separator: "\n")
    }

    private func set(_ row: Row, _ width: Int?) -> [String] {
        // A long lead leaves too little beside it: what follows is indented a little only.
        let indent = row.emphasis == .change ? 2 : row.lead.displayWidth
        let isBeside = row.emphasis != .change
        let whole = isBeside ? row.text : row.lead + row.text
        var texts = whole.broken(toWidth: width.map { $0 - 3 - indent })
        if texts.count > mostLines {
            let left = texts[mostLines...].reduce(0) { $0 + $1.count }
            texts = texts.prefix(mostLines) + ["… (\(left) more)"]
        }
        return texts.enumerated().map { index, text in
            let blank = String(repeating: " ", count: index == 0 && !isBeside ? 0 : indent)
            let lead = index == 0 && isBeside ? row.lead : blank
            return switch row.emphasis {
            case .none: "│ " + style.dim(lead) + text
            case .change: "│ " + lead + style.yellow(text)
            case .warning: "│ " + style.red(lead + text)
            }
        }
    }
}
