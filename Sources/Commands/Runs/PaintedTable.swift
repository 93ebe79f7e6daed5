// SPDX-License-Identifier: Apache-2.0
internal import Terminal
internal import Text

/// Rows in columns, with colour, for a window of any width: what has no room is left out or cut short, column by column.
struct PaintedTable {
    /// One column.
    struct Column {
        /// What stands above it.
        var title: String
        /// Whether it is set to the right.
        var isRight = false
        /// When it gives way: the column with the smallest number first; nil for never.
        var spare: Int?
        /// The narrowest it is made once all spare columns are gone; nil for its full width.
        var narrowest: Int?
    }

    /// One cell.
    struct Cell {
        /// What it says, as hostile as it may be.
        var text: String
        /// Its colour.
        var paint: (String) -> String = { $0 }
    }

    let columns: [Column]
    /// A cell for each column.
    let rows: [[Cell]]
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    let width: Int?

    /// The lines, the header first, and the positions of the columns that had to give way.
    func lines() -> (header: String, rows: [String], missing: [Int]) {
        let texts = rows.map { row in row.map { TextCleaner.clean($0.text) } }
        var widths = columns.indices.map { index in
            texts.reduce(columns[index].title.displayWidth) { max($0, $1[index].displayWidth) }
        }
        var shown = Array(columns.indices)
        var missing: [Int] = []
        if let width {
            let spare = columns.indices.filter { columns[$0].spare != nil }
                .sorted { (columns[$0].spare ?? 0) < (columns[$1].spare ?? 0) }
            for index in spare where Self.total(shown, tight(widths)) > width {
                shown.removeAll { $0 == index }
                missing.append(index)
            }
            shrink(&widths, shown, to: width)
        }
        let header = line(shown, widths, columns.map { Cell(text: $0.title, paint: style.bold) }, columns.map(\.title))
        let lines = rows.indices.map { line(shown, widths, rows[$0], texts[$0]) }
        return (header, lines, missing.sorted())
    }

    /// The widths where everything that can is as narrow as it may be.
    private func tight(_ widths: [Int]) -> [Int] {
        columns.indices.map { min(widths[$0], columns[$0].narrowest ?? widths[$0]) }
    }

    private func shrink(_ widths: inout [Int], _ shown: [Int], to width: Int) {
        var excess = Self.total(shown, widths) - width
        // First down to what a column wants at least, then, in a window that no table fits, whatever it takes.
        for least in [columns.map { $0.narrowest ?? Int.max }, columns.map { _ in 3 }] {
            while excess > 0,
                let widest = shown.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] })
            {
                widths[widest] -= 1
                excess -= 1
            }
        }
    }

    private func line(_ shown: [Int], _ widths: [Int], _ cells: [Cell], _ texts: [String]) -> String {
        var line = ""
        for (position, index) in shown.enumerated() {
            let text = texts[index].truncated(toWidth: widths[index])
            let space = String(repeating: " ", count: max(widths[index] - text.displayWidth, 0))
            if position > 0 { line += "  " }
            let isLast = position == shown.count - 1
            line += columns[index].isRight ? space + cells[index].paint(text) : cells[index].paint(text)
            if !columns[index].isRight, !isLast { line += space }
        }
        return line
    }

    private static func total(_ shown: [Int], _ widths: [Int]) -> Int {
        shown.reduce(0) { $0 + widths[$1] } + 2 * max(shown.count - 1, 0)
    }
}
