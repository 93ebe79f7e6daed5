// SPDX-License-Identifier: Apache-2.0

/// What is different between two texts, line by line, as `diff -u` shows it.
public enum LineDiff {
    /// Texts with more lines than this that differ are not compared line by line.
    private static let mostLines = 2000

    /// The lines that are gone (`-`), came (`+`) or stand around those (a blank before them); no lines where nothing differs.
    ///
    /// - Parameters:
    ///   - context: How many lines are shown around a difference.
    ///   - most: How many lines are shown in all; a last one tells of more.
    public static func lines(from old: String, to new: String, context: Int = 2, most: Int = 40) -> [String] {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false)
        let all = script(before, after)
        guard all.contains(where: { $0.mark != " " }) else { return [] }
        var shown: [String] = []
        var last = -2
        for (index, line) in all.enumerated() {
            let around = all[max(0, index - context)...min(all.count - 1, index + context)]
            guard around.contains(where: { $0.mark != " " }) else { continue }
            if last != index - 1 { shown.append("@@ line \(line.number) @@") }
            shown.append("\(line.mark)\(line.text)")
            last = index
        }
        guard shown.count > most else { return shown }
        return shown.prefix(most) + ["… and \(shown.count - most) more lines"]
    }

    private typealias Line = (mark: Character, text: Substring, number: Int)

    /// All lines of both texts, each with its mark and its number in the older text.
    private static func script(_ before: [Substring], _ after: [Substring]) -> [Line] {
        var head = 0
        while head < min(before.count, after.count), before[head] == after[head] { head += 1 }
        var tail = 0
        while tail < min(before.count, after.count) - head,
            before[before.count - 1 - tail] == after[after.count - 1 - tail]
        {
            tail += 1
        }
        let old = Array(before[head..<(before.count - tail)])
        let new = Array(after[head..<(after.count - tail)])
        var result: [Line] = (0..<head).map { (" ", before[$0], $0 + 1) }
        result += middle(old, new, from: head)
        result += (0..<tail).map { (" ", before[before.count - tail + $0], before.count - tail + $0 + 1) }
        return result
    }

    /// The shortest way from one text to the other, by the longest lines they have in common.
    private static func middle(_ old: [Substring], _ new: [Substring], from head: Int) -> [Line] {
        guard max(old.count, new.count) <= mostLines else {
            return old.enumerated().map { ("-", $0.element, head + $0.offset + 1) }
                + new.map { ("+", $0, head + old.count + 1) }
        }
        let width = new.count + 1
        var lengths = [UInt16](repeating: 0, count: (old.count + 1) * width)
        for row in stride(from: old.count - 1, through: 0, by: -1) {
            for column in stride(from: new.count - 1, through: 0, by: -1) {
                lengths[row * width + column] =
                    old[row] == new[column]
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var result: [Line] = []
        var (row, column) = (0, 0)
        while row < old.count || column < new.count {
            let number = head + row + 1
            if row < old.count, column < new.count, old[row] == new[column] {
                result.append((" ", old[row], number))
                row += 1
                column += 1
            } else if row < old.count,
                column == new.count || lengths[(row + 1) * width + column] >= lengths[row * width + column + 1]
            {
                result.append(("-", old[row], number))
                row += 1
            } else {
                result.append(("+", new[column], number))
                column += 1
            }
        }
        return result
    }
}
