// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Schema

/// What the Tab key offers.
enum ReplCompletion {
    private static let commands = [":help", ":quit"]

    /// The ways to complete the word that ends at the cursor.
    ///
    /// - Parameters:
    ///   - cursor: Where the cursor is, in bytes of UTF-8.
    ///   - clusters: The names that `pve.cluster("` is completed with.
    ///   - schema: Gives the cluster's schema, where one is kept; asked only inside of a call of `pve.api`.
    /// - Returns: Whole words that begin with the one typed: `pve.list_vms`, `vm:shutdown`, `:help snapshot`, `/nodes/pve1/qemu`.
    static func candidates(
        _ line: String, cursor: Int, clusters: [String] = [], schema: () -> APISchema? = { nil }
    ) -> [String] {
        let typed = String(decoding: line.utf8.prefix(cursor), as: UTF8.self)
        if let names = clusterNames(typed, clusters) { return names }
        if typed.hasPrefix(":help ") {
            let word = typed.dropFirst(6)
            return functions.filter { $0.hasPrefix(word) }
        }
        if typed.hasPrefix(":") { return commands.filter { $0.hasPrefix(typed) } }
        if let call = APICallTyped(typed) { return call.candidates(schema) }
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

    private static var functions: [String] { (OperationTable.all.map(\.name) + LanguageExtra.all.map(\.name)).sorted() }

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

/// A call of `pve.api` that is being typed: `pve.api.post("/nodes/pve1/qemu/101/conf`, or its table of parameters.
struct APICallTyped {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    private let method: String
    /// The path, whole or half-typed.
    private let path: String
    /// The word in the table that ends at the cursor, or nil while the path is typed.
    private let name: String?
    /// Whether that word is text in brackets, where names with hyphens may stand.
    private let isBracketed: Bool

    /// Reads the last such call of a line, or nothing where the cursor is not in a place that the schema knows about.
    init?(_ typed: String) {
        guard let call = typed.ranges(of: "pve.api.").last else { return nil }
        let rest = typed[call.upperBound...]
        guard let open = rest.firstIndex(of: "("),
            ["get", "post", "put", "delete"].contains(String(rest[..<open])),
            let quote = rest[open...].dropFirst().first(where: { $0 != " " }), quote == "\"" || quote == "'"
        else { return nil }
        method = rest[..<open].uppercased()
        let first = rest[open...].drop { $0 != quote }.dropFirst()
        guard let end = first.firstIndex(of: quote) else {
            path = String(first)
            name = nil
            isBracketed = false
            return
        }
        path = String(first[..<end])
        let after = first[end...].dropFirst()
        // Beyond the table of parameters come the options, which the schema knows nothing of.
        guard let table = after.firstIndex(of: "{"), after[..<table].allSatisfy({ $0 == " " || $0 == "," }),
            !after.contains("}")
        else { return nil }
        // A name stands at the beginning, behind a comma, or as text in brackets: ["allow-move"].
        let text = Self.lastRun(after, with: "_-")
        let lead = after.dropLast(text.count)
        isBracketed = lead.hasSuffix("[\"") || lead.hasSuffix("['")
        let word = isBracketed ? text : Self.lastRun(after, with: "_")
        let before = after.dropLast(word.count).reversed().first { $0 != " " }
        guard isBracketed || before == "{" || before == "," else { return nil }
        name = word
    }

    func candidates(_ schema: () -> APISchema?) -> [String] {
        guard let schema = schema() else { return [] }
        guard let name else { return schema.paths(beginning: path) }
        let segments = path.split(separator: "/").map(String.init)
        let inPath = Set(schema.method(method, path: segments)?.path.split(separator: "/").map(String.init) ?? [])
        let names = schema.method(method, path: segments)?.parameters.map(\.name) ?? []
        return names.filter { !inPath.contains("{\($0)}") }.map { $0.hasSuffix("[n]") ? String($0.dropLast(3)) : $0 }
            .filter { $0.hasPrefix(name) && (isBracketed || !$0.contains("-")) }.sorted()
    }

    private static func lastRun(_ text: Substring, with others: String) -> String {
        String(
            text.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || others.contains($0)) }.reversed())
    }
}
