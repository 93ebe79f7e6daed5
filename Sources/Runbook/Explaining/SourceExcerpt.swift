// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Text

/// The line of a script that failed, with the one before and the one after it, and what in it is meant.
public struct SourceExcerpt: Sendable, Hashable {
    /// One line of the source, free of control characters and cut where it is very long.
    public struct Line: Sendable, Hashable {
        /// Its number, from 1.
        public var number: Int
        /// Its text.
        public var text: String
    }

    /// The lines, in the order of the source.
    public let lines: [Line]
    /// The number of the line that failed.
    public let number: Int
    /// What of that line is meant, in characters of its text; nil where that is not known.
    public let mark: Range<Int>?

    /// The text of the line that failed.
    public var text: String { lines.first { $0.number == number }?.text ?? "" }

    /// Cuts the surroundings of a place out of a source.
    ///
    /// - Parameters:
    ///   - location: The place as Lua tells it, `nightly.lua:12`.
    ///   - source: The text that the place is in.
    ///   - message: What is wrong there; the words it names are looked for in the line.
    /// - Returns: Nil where the source has no such line.
    public init?(location: String, source: [UInt8], message: String) {
        guard let number = Self.split(location)?.number else { return nil }
        let first = max(1, number - 1)
        let all = source.split(
            separator: 0x0a, maxSplits: min(number, source.count) + 1, omittingEmptySubsequences: false)
        guard number <= all.count else { return nil }
        var lines: [Line] = []
        for (offset, bytes) in all.prefix(number + 1).enumerated().dropFirst(first - 1) {
            let bytes = bytes.last == 0x0d ? bytes.dropLast() : bytes
            let text = TextCleaner.clean(String(decoding: bytes.prefix(160), as: UTF8.self).expandingTabs)
            guard offset + 1 == number || Self.isWorthShowing(text) else { continue }
            lines.append(Line(number: offset + 1, text: text))
        }
        self.lines = lines
        self.number = number
        let text = lines.first { $0.number == number }?.text ?? ""
        mark = ScriptWords.meant(by: message).flatMap { Self.only($0, in: text) }
    }

    /// Whether a neighbour is shown; one that was not run yet may hold a secret that nobody has learned of.
    private static func isWorthShowing(_ line: String) -> Bool {
        let lower = line.lowercased()
        return !line.allSatisfy(\.isWhitespace)
            && !["pass", "secret", "token", "key", "credential"].contains { lower.contains($0) }
    }

    /// The file and the line of a place.
    static func split(_ location: String) -> (file: Substring, number: Int)? {
        guard let colon = location.lastIndex(of: ":"), let number = Int(location[colon...].dropFirst()), number > 0
        else { return nil }
        return (location[..<colon], number)
    }

    /// Where a word stands in a line; nil where it does not, or more than once.
    private static func only(_ word: String, in line: String) -> Range<Int>? {
        let (word, line) = (Array(word), Array(line))
        guard let first = word.first, let last = word.last, word.count <= line.count else { return nil }
        var found: Range<Int>?
        for start in 0...(line.count - word.count) where line[start...].starts(with: word) {
            let end = start + word.count
            if first.isWordCharacter, start > 0, line[start - 1].isWordCharacter { continue }
            if last.isWordCharacter, end < line.count, line[end].isWordCharacter { continue }
            guard found == nil else { return nil }
            found = start..<end
        }
        return found
    }

    /// The lines for programs.
    public var json: JSONValue {
        .array(
            lines.map { line in
                var row = JSONObject([("line", JSONValue(line.number)), ("text", .string(line.text))])
                if line.number == number {
                    row["failed"] = .bool(true)
                    if let mark { row["column"] = JSONValue(mark.lowerBound + 1) }
                }
                return .object(row)
            })
    }
}

extension String {
    fileprivate var expandingTabs: String { replacing("\t", with: "  ") }
}

extension Character {
    fileprivate var isWordCharacter: Bool { isLetter || isNumber || self == "_" }
}
