// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What the Tab key offers.
enum ReplCompletion {
    private static let commands = [":help", ":quit"]
    private static let others = ["is_error", "params"]

    /// The ways to complete the word that ends at the cursor.
    ///
    /// - Returns: Whole words that begin with the one typed: `pve.list_vms`, `vm:shutdown`, `:help snapshot`.
    static func candidates(_ line: String, cursor: Int) -> [String] {
        let typed = String(line.prefix(cursor))
        if typed.hasPrefix(":help ") {
            let word = typed.dropFirst(6)
            return OperationTable.all.map(\.name).filter { $0.hasPrefix(word) }.sorted()
        }
        if typed.hasPrefix(":") { return commands.filter { $0.hasPrefix(typed) } }
        let word = lastWord(typed)
        if let colon = word.firstIndex(of: ":") {
            let object = word[...colon]
            let method = word[word.index(after: colon)...]
            let names = OperationTable.all.flatMap(\.methods).map(\.name)
            return names.filter { $0.hasPrefix(method) }.sorted().map { object + $0 }
        }
        guard "pve.".hasPrefix(word) || word.hasPrefix("pve.") else { return [] }
        if word.utf8.count < 4 { return word.isEmpty ? [] : ["pve."] }
        return (OperationTable.all.map(\.name) + others).map { "pve." + $0 }.filter { $0.hasPrefix(word) }.sorted()
    }

    /// The run of name characters, dots and colons that ends the text.
    static func lastWord(_ text: String) -> String {
        String(
            text.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == ":") }
                .reversed())
    }
}
