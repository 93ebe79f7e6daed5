// SPDX-License-Identifier: Apache-2.0

/// An entry that a search found, and how well it fits.
public struct ReferenceHit: Sendable {
    /// The entry.
    public let entry: ReferenceEntry
    /// How well it fits; more is better.
    public let score: Int
}

/// What a search has to say in so many bytes.
public struct ReferenceAnswer: Sendable {
    /// A line or two for each entry, the best first.
    public let text: String
    /// The entries that the text names.
    public let shown: [ReferenceHit]
    /// How many more were found.
    public let omitted: Int
}

/// Finds entries by what they are about.
public enum ReferenceSearch {
    /// The entries about some words, the best first; none that fits much worse than the best.
    public static func hits(_ words: String) -> [ReferenceHit] {
        let wanted = SearchTerm.terms(of: words)
        let scores = wanted.map { term in index.map { $0.score(term) } }
        // A word that many entries hold tells little.
        let weights = scores.map { column in
            let holders = column.count { $0 > 0 }
            return holders * 4 > index.count ? 1 : holders * 16 > index.count ? 3 : 5
        }
        let scored = index.indices.compactMap { place -> Scored? in
            let column = scores.map { $0[place] }
            let found = column.count { $0 > 0 }
            guard found > 0 else { return nil }
            let score = zip(column, weights).reduce(0) { $0 + $1.0 * $1.1 }
            return Scored(place: place, found: found, hit: ReferenceHit(entry: index[place].entry, score: score))
        }
        let most = scored.map(\.found).max() ?? 0
        let best = scored.map(\.hit.score).max() ?? 0
        return scored.filter { $0.found == most || $0.hit.score * 2 > best }.filter { $0.hit.score * 4 > best }
            .sorted { ($1.hit.score, $0.place) < ($0.hit.score, $1.place) }.map(\.hit)
    }

    private struct Scored {
        var place: Int
        /// How many of the words it holds.
        var found: Int
        var hit: ReferenceHit
    }

    /// What is said about some words in at most so many bytes: how the best are written, what they do and an example, the rest
    /// on one line each.
    public static func answer(to words: String, bytes: Int, most: Int = 12) -> ReferenceAnswer {
        let hits = hits(words)
        var text = ""
        var shown: [ReferenceHit] = []
        for hit in hits.prefix(most) {
            let long = block(hit.entry, withExample: shown.count < 3)
            let short = block(hit.entry, withExample: false)
            guard let fitting = [long, short].first(where: { text.utf8.count + $0.utf8.count <= bytes }) else { break }
            text += fitting
            shown.append(hit)
        }
        return ReferenceAnswer(text: text, shown: shown, omitted: hits.count - shown.count)
    }

    private static func block(_ entry: ReferenceEntry, withExample: Bool) -> String {
        let isName = if case .library = entry.subject { true } else { false }
        let example = withExample ? entry.example.map { "  \($0)\n" } ?? "" : ""
        return "\(isName ? entry.name : entry.usage): \(entry.summary.filter { $0 != "`" })\n" + example
    }

    private static let index = ReferenceEntry.all.map { SearchDocument($0) }
}
