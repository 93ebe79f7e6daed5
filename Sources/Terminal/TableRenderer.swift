// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Sets rows in columns for people: a header, numbers to the right, nothing at all where there are no rows.
public struct TableRenderer: Sendable {
    /// The headings, one a column.
    public var headings: [String]
    /// The columns of the terminal; nil to let lines be as long as they are.
    public var width: Int?
    /// How the header is set.
    public var style: Style

    /// The narrowest a column is made to fit the width.
    private static let narrowest = 4

    /// Headings of columns that tell rows apart; they give way last.
    private static let keys: Set<String> = ["vmid", "name", "guest", "node", "status"]

    /// Makes a renderer.
    public init(headings: [String], width: Int? = nil, style: Style = Style(isEnabled: false)) {
        self.headings = headings
        self.width = width
        self.style = style
    }

    /// The table, each line ended by a line feed; cells are cleaned, and what a row lacks is left empty.
    public func render(_ rows: [[String]]) -> String {
        guard !rows.isEmpty, !headings.isEmpty else { return "" }
        let cells = rows.map { row in
            headings.indices.map { row.indices.contains($0) ? TextCleaner.clean(row[$0]) : "" }
        }
        let titles = headings.map { TextCleaner.clean($0) }
        let widths = fitted(
            titles.indices.map { column in
                cells.reduce(titles[column].displayWidth) { max($0, $1[column].displayWidth) }
            }, keeping: titles.indices.filter { Self.keys.contains(titles[$0]) })
        let isNumeric = titles.indices.map { column in
            let filled = cells.map { $0[column] }.filter { !$0.isEmpty }
            return !filled.isEmpty && filled.allSatisfy(Self.isNumber)
        }
        let header = style.bold(line(titles, widths, isNumeric))
        return ([header] + cells.map { line($0, widths, isNumeric) }).map { $0 + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int], _ isNumeric: [Bool]) -> String {
        var text = ""
        for (column, cell) in cells.enumerated() {
            let cell = cell.truncated(toWidth: widths[column])
            let space = String(repeating: " ", count: max(widths[column] - cell.displayWidth, 0))
            text += (column == 0 ? "" : "  ") + (isNumeric[column] ? space + cell : cell + space)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Takes from the widest columns until the line fits; from those that tell rows apart only when nothing else is left.
    private func fitted(_ natural: [Int], keeping keys: [Int]) -> [Int] {
        guard let width else { return natural }
        var widths = natural
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        for columns in [widths.indices.filter { !keys.contains($0) }, keys] {
            while excess > 0, let widest = columns.max(by: { widths[$0] < widths[$1] }),
                widths[widest] > Self.narrowest
            {
                widths[widest] -= 1
                excess -= 1
            }
        }
        return widths
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
    }
}
