// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Text

/// Turns what was found at offsets into what is found at lines and columns.
enum FindingPlaces {
    /// More than this of one file says nothing new.
    static let most = 100
    private static let widest = 160

    static func findings(_ raw: [RawFinding], in source: [UInt8], of file: String) -> [Finding] {
        var seen: Set<Int> = []
        // Of what is wrong at one place the first is told, so that one slip is one finding.
        let sorted = raw.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        .map(\.element).filter { seen.insert($0.range.lowerBound).inserted }
        let kept = sorted.prefix(most)
        let places = LuaPlace.places(of: kept.map(\.range.lowerBound), in: source)
        var findings = zip(kept, places).map { finding($0, at: $1, in: source, of: file) }
        if sorted.count > most, let last = findings.indices.last {
            findings[last].hint = "there are \(sorted.count - most) more findings in this file"
        }
        return findings
    }

    private static func finding(
        _ raw: RawFinding, at place: LuaPlace, in source: [UInt8], of file: String
    ) -> Finding {
        let at = min(raw.range.lowerBound, source.count)
        // A line may be as long as the file: nobody needs more of it than a window shows.
        var begin = at
        while begin > 0, at - begin < widest, !isLineEnd(source[begin - 1]) { begin -= 1 }
        var end = at
        while end < source.count, end - at < widest, !isLineEnd(source[end]) { end += 1 }
        let before = shown(source[begin..<at])
        let meant = shown(source[at..<min(max(raw.range.upperBound, at), end)])
        let text = String((before + shown(source[at..<end])).prefix(widest))
        let width = max(1, meant.count)
        let mark = before.count + width <= max(text.count, 1) ? before.count..<(before.count + width) : nil
        return Finding(
            severity: raw.severity, rule: raw.rule, message: raw.message, hint: raw.hint, example: raw.example,
            file: file, line: place.line,
            column: place.column, text: text, mark: mark)
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        TextCleaner.clean(String(decoding: bytes, as: UTF8.self).replacing("\t", with: "  "))
    }
}
