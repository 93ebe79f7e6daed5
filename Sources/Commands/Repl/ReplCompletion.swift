// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What the Tab key offers.
enum ReplCompletion {
    private static let commands = [":help", ":quit"]
    private static let others = ["is_error", "name", "params"]

    /// The ways to complete the word that ends at the cursor.
    ///
    /// - Parameter clusters: The names that `pve.cluster("` is completed with.
    /// - Returns: Whole words that begin with the one typed: `pve.list_vms`, `vm:shutdown`, `:help snapshot`.
    static func candidates(_ line: String, cursor: Int, clusters: [String] = []) -> [String] {
        let typed = String(line.prefix(cursor))
        if let names = clusterNames(typed, clusters) { return names }
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
        let before = typed.dropLast(word.count)
        if word.hasPrefix("."), before.hasSuffix("\")") || before.hasSuffix("')"), before.contains("pve.cluster(") {
            return functions.map { "." + $0 }.filter { $0.hasPrefix(word) }
        }
        guard "pve.".hasPrefix(word) || word.hasPrefix("pve.") else { return [] }
        if word.utf8.count < 4 { return word.isEmpty ? [] : ["pve."] }
        return functions.map { "pve." + $0 }.filter { $0.hasPrefix(word) }
    }

    private static var functions: [String] { (OperationTable.all.map(\.name) + others).sorted() }

    /// What completes a name that is being typed after `pve.cluster("`; nil anywhere else.
    private static func clusterNames(_ typed: String, _ clusters: [String]) -> [String]? {
        guard let quote = typed.lastIndex(where: { $0 == "\"" || $0 == "'" }),
            typed[..<quote].hasSuffix("pve.cluster(")
        else { return nil }
        let name = typed[typed.index(after: quote)...]
        return clusters.filter { $0.hasPrefix(name) }.sorted()
    }

    /// The run of name characters, dots and colons that ends the text.
    static func lastWord(_ text: String) -> String {
        String(
            text.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == ":") }
                .reversed())
    }
}
