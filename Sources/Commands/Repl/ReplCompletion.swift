// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Schema

/// What the Tab key offers.
enum ReplCompletion {
    /// What is known beside the operation table; each is asked only where it is needed.
    struct Knowledge {
        /// The names of the configured clusters.
        var clusters: [String] = []
        /// The cluster's schema, where one is kept.
        var schema: () -> APISchema? = { nil }
        /// What there is on the cluster now; nothing where it does not answer at once.
        var inventory: () -> ReplInventory = { ReplInventory() }
        /// The snapshots of a guest.
        var snapshots: (Int) -> [String] = { _ in [] }
        /// What the session has defined.
        var variables: [ReplVariable] = []
        /// The files that a path may become.
        var files: (String) -> [String] = { _ in [] }
    }

    /// The ways to complete the word that ends at the cursor.
    ///
    /// - Parameter cursor: Where the cursor is, in bytes of UTF-8.
    /// - Returns: Whole words that begin with the one typed: `pve.list_vms`, `vm:shutdown`, `snapshot`, `/nodes/pve1/qemu`.
    static func candidates(_ line: String, cursor: Int, _ knowledge: Knowledge = Knowledge()) -> [String] {
        let typed = String(decoding: line.utf8.prefix(cursor), as: UTF8.self)
        if typed.hasPrefix(":") { return command(typed, knowledge) }
        return code(typed, knowledge)
    }

    private static func code(_ typed: String, _ knowledge: Knowledge) -> [String] {
        if let names = clusterNames(typed, knowledge.clusters) { return names }
        if let call = APICallTyped(typed) { return call.candidates(knowledge) }
        let site = CallSite(typed)
        let values = ArgumentCompletion(site: site, knowledge: knowledge).candidates()
        // Where a key is typed, nothing else can stand.
        if site.quote != nil || site.isInTable && site.key == nil && !values.isEmpty { return values }
        let names = NameCompletion(site: site, variables: knowledge.variables).candidates()
        return values + names.filter { !values.contains($0) }
    }

    /// What completes a line that begins with a colon.
    private static func command(_ typed: String, _ knowledge: Knowledge) -> [String] {
        guard let space = typed.firstIndex(of: " ") else {
            return ColonCommand.all.map { ":" + $0.name }.filter { $0.hasPrefix(typed) }
        }
        let argument = String(typed[typed.index(after: space)...])
        guard let command = ColonCommand.named(String(typed[..<space].dropFirst())) else { return [] }
        let words =
            switch command.takes {
            case .nothing: [String]()
            case .words(let words): words
            case .function: functions + ColonCommand.all.map { ":" + $0.name }
            case .cluster: knowledge.clusters
            case .file: knowledge.files(argument)
            case .code: [String]()
            }
        if case .code = command.takes { return code(argument, knowledge) }
        // The editor puts in what follows the last run of name characters.
        let kept = argument.count - lastWord(argument).count
        return words.filter { $0.hasPrefix(argument) && isPlain($0) }.map { String($0.dropFirst(kept)) }
    }

    /// Everything below `pve` that can be called.
    static let functions = (OperationTable.all.map(\.name) + LanguageExtra.all.map(\.name)).sorted()

    /// What completes a name that is being typed after `pve.cluster("`; nil anywhere else.
    private static func clusterNames(_ typed: String, _ clusters: [String]) -> [String]? {
        guard let quote = typed.lastIndex(where: { $0 == "\"" || $0 == "'" }),
            typed[..<quote].hasSuffix("pve.cluster(")
        else { return nil }
        let name = typed[typed.index(after: quote)...]
        return clusters.filter { $0.hasPrefix(name) && isPlain($0) }.sorted()
    }

    /// Whether a name can stand between quotation marks as it is; others are not offered, whoever chose them.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.unicodeScalars.allSatisfy { scalar in
                !"\"'\\\u{60}".unicodeScalars.contains(scalar) && !scalar.properties.isWhitespace
                    && scalar.value >= 0x20 && scalar.value != 0x7f
                    && ![.control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator].contains(
                        scalar.properties.generalCategory)
            }
    }

    /// The run of name characters, dots and colons that ends the text.
    static func lastWord(_ text: String) -> String {
        String(
            text.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == ":") }
                .reversed())
    }
}
