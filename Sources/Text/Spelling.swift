// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant.
public enum Spelling {
    /// `did you mean …?`, or nil where no known word is near.
    public static func suggestion(for word: String, among known: some Sequence<String>) -> String? {
        nearest(to: word, among: known).map { "did you mean `\($0)`?" }
    }

    /// The known word with the fewest edits away, at most a third of its length and at least one; nil where none is near.
    public static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(word.lowercased(), candidate.lowercased())
            guard distance <= max(1, candidate.utf8.count / 3) else { continue }
            if let found = best, found.distance <= distance { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// Whether two words are the same or one edit apart, letters of either case alike.
    public static func isNear(_ left: String, _ right: String) -> Bool {
        guard abs(left.utf8.count - right.utf8.count) <= 4, left.utf8.count <= 256 else { return false }
        let left = Array(left.lowercased().unicodeScalars)
        let right = Array(right.lowercased().unicodeScalars)
        // Without what they begin and end with alike, nothing, one letter or two that changed places are left.
        let begin = zip(left, right).prefix { $0 == $1 }.count
        let shorter = min(left.count, right.count) - begin
        let end = zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.prefix(shorter).count
        let (first, second) = (left[begin..<(left.count - end)], right[begin..<(right.count - end)])
        if max(first.count, second.count) <= 1 { return true }
        return first.count == 2 && Array(second) == first.reversed()
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let cost = left[row] == right[column] ? 0 : 1
                var value = min(last[column] + cost, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    value = min(value, beforeLast[column - 1] + 1)
                }
                current.append(value)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
