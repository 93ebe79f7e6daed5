// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Pieces of what a test wrote, for messages.
enum Excerpt {
    /// At most sixty characters, without control characters.
    static func of(_ text: String) -> String {
        let clean = TextCleaner.clean(String(text.prefix(200)))
        return clean.count <= 60 ? clean : clean.prefix(60) + "…"
    }
}
