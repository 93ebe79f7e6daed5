// SPDX-License-Identifier: Apache-2.0
internal import YAML

/// A text as lines that can be put between others; lines and columns are counted from 1, as YAML's places are.
struct SourceLines {
    private var lines: [[Unicode.Scalar]]
    private let lineEnd: String

    init(_ text: String) {
        lineEnd = text.unicodeScalars.contains("\r") ? "\r\n" : "\n"
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Array(line.last == "\r" ? line.dropLast() : line)
        }
        // A text that ends as it should has no line behind its last line end.
        if lines.last?.isEmpty == true { lines.removeLast() }
    }

    var count: Int { lines.count }
    var text: String { lines.map { String(String.UnicodeScalarView($0)) + lineEnd }.joined() }

    /// The line of that number, or nothing where there is none.
    func line(_ number: Int) -> [Unicode.Scalar] {
        lines.indices.contains(number - 1) ? lines[number - 1] : []
    }

    mutating func append(_ more: [String]) { insert(more, after: count) }

    mutating func insert(_ more: [String], after number: Int) {
        lines.insert(contentsOf: more.map { Array($0.unicodeScalars) }, at: min(max(number, 0), lines.count))
    }

    mutating func remove(_ number: Int) {
        if lines.indices.contains(number - 1) { lines.remove(at: number - 1) }
    }

    /// Puts a text in front of the character at a place; false where there is no such place.
    mutating func insert(_ text: String, line: Int, column: Int) -> Bool {
        guard lines.indices.contains(line - 1), column >= 1, column - 1 <= lines[line - 1].count else { return false }
        lines[line - 1].insert(contentsOf: Array(text.unicodeScalars), at: column - 1)
        return true
    }

    /// Whether a list or mapping is written in lines and not between brackets.
    func isBlock(_ node: YAMLNode) -> Bool {
        let line = line(node.line)
        guard node.column >= 1, line.indices.contains(node.column - 1) else { return false }
        return !"[{".unicodeScalars.contains(line[node.column - 1])
    }

    /// The last line up to `end` that is neither empty nor a comment left of a column counted from 0, at least `start`.
    func endOfContent(from start: Int, to end: Int, leftOf column: Int = 1) -> Int {
        var number = min(end, count)
        while number > start {
            let line = line(number)
            let content = line.firstIndex { $0 != " " && $0 != "\t" }
            if let content, line[content] != "#" || content >= column { break }
            number -= 1
        }
        return max(number, start)
    }

    /// Replaces what stands between an opening bracket at a place and its closing one, in one line or several.
    ///
    /// - Returns: False where the brackets do not match, or hold a comment that would be lost.
    mutating func replaceBracketed(line: Int, column: Int, with text: String) -> Bool {
        var (row, place, depth) = (line - 1, column - 1, 0)
        var quote: Unicode.Scalar?
        guard lines.indices.contains(row), lines[row].indices.contains(place), lines[row][place] == "[" else {
            return false
        }
        while lines.indices.contains(row) {
            while lines[row].indices.contains(place) {
                let scalar = lines[row][place]
                if let open = quote {
                    if scalar == open { quote = nil }
                } else if scalar == "\"" || scalar == "'" {
                    quote = scalar
                } else if scalar == "#" {
                    return false
                } else if scalar == "[" {
                    depth += 1
                } else if scalar == "]" {
                    depth -= 1
                    if depth == 0 {
                        let rest = lines[row][(place + 1)...]
                        let start = lines[line - 1][..<(column - 1)]
                        lines.replaceSubrange(
                            (line - 1)...row, with: [Array(start) + Array(text.unicodeScalars) + rest])
                        return true
                    }
                }
                place += 1
            }
            row += 1
            place = 0
        }
        return false
    }
}
