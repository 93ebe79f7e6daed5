// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Schema

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

    func candidates(_ knowledge: ReplCompletion.Knowledge) -> [String] {
        let schema = knowledge.schema()
        guard let name else {
            return (schema?.paths(beginning: path) ?? []) + live(knowledge.inventory)
        }
        guard let schema else { return [] }
        let segments = path.split(separator: "/").map(String.init)
        let inPath = Set(schema.method(method, path: segments)?.path.split(separator: "/").map(String.init) ?? [])
        let names = schema.method(method, path: segments)?.parameters.map(\.name) ?? []
        return names.filter { !inPath.contains("{\($0)}") }.map { $0.hasSuffix("[n]") ? String($0.dropLast(3)) : $0 }
            .filter { $0.hasPrefix(name) && (isBracketed || !$0.contains("-")) }.sorted()
    }

    /// The path with the names that the cluster has now in place of its last segment.
    private func live(_ inventory: () -> ReplInventory) -> [String] {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard path.hasPrefix("/"), let last = segments.last else { return [] }
        let before = Array(segments.dropFirst().dropLast())
        let names: [String]
        switch (before.first, before.count) {
        case ("nodes", 1): names = inventory().nodes
        case ("pools", 1): names = inventory().pools
        case ("storage", 1): names = inventory().storages
        case ("nodes", 3) where before[2] == "storage": names = inventory().storages
        case ("nodes", 3) where before[2] == "qemu" || before[2] == "lxc":
            names = inventory().guests.filter { $0.node == before[1] && $0.kind == before[2] }.map { "\($0.vmid)" }
        default: return []
        }
        let stem = "/" + before.map { $0 + "/" }.joined()
        return names.filter { $0.hasPrefix(last) && ReplCompletion.isPlain($0) && !$0.contains("/") }.map { stem + $0 }
    }

    private static func lastRun(_ text: Substring, with others: String) -> String {
        String(
            text.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || others.contains($0)) }.reversed())
    }
}
