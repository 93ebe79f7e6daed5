// SPDX-License-Identifier: Apache-2.0
internal import Text

/// What pressing Tab does.
enum CompletionStep: Hashable {
    case nothing
    /// Text to put in at the cursor.
    case insert(String)
    /// Words to show, as nothing more can be put in.
    case list(String)

    /// - Parameters:
    ///   - before: The line up to the cursor.
    ///   - candidates: Words that may stand in place of the one before the cursor; others are passed over.
    init(before: String, candidates: [String]) {
        let word = Self.word(before)
        let matching = Set(candidates.map { TextCleaner.clean($0) }.filter { $0.hasPrefix(word) }).sorted()
        guard let first = matching.first, let last = matching.last else {
            self = .nothing
            return
        }
        // In sorted order, what the first and the last have in common all have.
        let common = zip(first, last).prefix { $0 == $1 }.map(\.0)
        let rest = String(common.dropFirst(word.count))
        if !rest.isEmpty {
            self = .insert(rest)
        } else {
            self = matching.count > 1 ? .list(Self.shown(matching)) : .nothing
        }
    }

    /// The most words that are shown.
    private static let most = 100

    private static func shown(_ words: [String]) -> String {
        let text = words.prefix(most).joined(separator: "  ")
        return words.count > most ? text + "  … \(words.count - most) more" : text
    }

    /// What the candidates complete: inside an open quotation its text so far, else the name before the cursor.
    private static func word(_ before: String) -> String {
        if let quoted = openQuotation(before) { return quoted }
        let reversed = before.reversed().prefix { character in
            character.isASCII && (character.isLetter || character.isNumber || "_.:".contains(character))
        }
        return String(reversed.reversed())
    }

    /// The text behind a quotation mark that has no partner yet, or nil.
    private static func openQuotation(_ before: String) -> String? {
        var mark: Character?
        var text = ""
        var isEscaped = false
        for character in before {
            guard let open = mark else {
                if character == "\"" || character == "'" { (mark, text) = (character, "") }
                continue
            }
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == open {
                mark = nil
                continue
            }
            text.append(character)
        }
        return mark == nil ? nil : text
    }
}
