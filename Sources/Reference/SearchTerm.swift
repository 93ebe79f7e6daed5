// SPDX-License-Identifier: Apache-2.0
internal import Model

/// A word that is looked for, with others that mean the same.
struct SearchTerm {
    let words: [String]

    /// The words of a question that tell something; `how do I take a snapshot` asks for take and snapshot.
    static func terms(of text: String) -> [SearchTerm] {
        let words = joined(tokens(of: String(text.prefix(400))))
        let telling = words.filter { !empty.contains($0) }
        return (telling.isEmpty ? words : telling).prefix(12).map { word in
            SearchTerm(words: [word] + synonyms.filter { $0.contains(word) || $0.contains(stem(word)) }.flatMap { $0 })
        }
    }

    /// Two words become the one that they are in the language: `shut down`.
    private static func joined(_ words: [String]) -> [String] {
        words.reduce(into: []) { result, word in
            if let last = result.last, synonyms.contains(where: { $0.contains(last + word) }) {
                result[result.count - 1] = last + word
            } else {
                result.append(word)
            }
        }
    }

    /// The words of a text in small letters; `snapshot_delete` is two, and one.
    static func tokens(of text: String) -> [String] {
        var result: [String] = []
        for part in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
            result.append(String(part))
            let pieces = part.split(separator: "_")
            if pieces.count > 1 { result += pieces.map(String.init) }
        }
        return result
    }

    /// A word without the ending of a plural or a verb.
    static func stem(_ word: String) -> String {
        for ending in ["ies", "ing", "es", "ed", "s", "e", "y"]
        where word.hasSuffix(ending) && word.count - ending.count >= 3 {
            return String(word.dropLast(ending.count))
        }
        return word
    }

    private static let empty: Set<String> = [
        "a", "an", "the", "of", "to", "in", "on", "is", "it", "i", "do", "does", "how", "what", "who", "can",
        "my", "me",
        "for", "with", "and", "or", "all", "from", "by", "at", "that", "this", "there", "are", "pve", "if", "be",
        "when", "over", "into", "use", "using", "get", "out", "up",
    ]
    private static let synonyms: [Set<String>] = [
        ["guest", "vm", "machine", "virtual", "container", "lxc", "qemu"], ["delete", "remove", "destroy", "erase"],
        ["reboot", "restart", "rolling"], ["move", "migrate", "migration", "evacuate"],
        ["list", "loop", "each", "iterate", "show", "which"], ["copy", "clone"],
        ["shutdown", "stop", "poweroff", "halt"], ["restore", "recover"],
        ["host", "server", "hypervisor", "node"],
        ["job", "task", "upid"], ["wait", "sleep", "poll", "until", "follow"], ["concurrent", "parallel", "spawn"],
        ["grow", "resize"],
        ["configure", "config", "set", "option", "change"], ["file", "io", "open"],
        ["undo", "rollback", "compensation"],
        ["quorum", "cluster_status"], ["prune", "retention", "thin", "keep"], ["permission", "privilege", "acl"],
        ["print", "output", "table", "report"], ["command", "exec", "execute", "run"], ["disk", "volume", "drive"],
    ]
}

/// An entry's words and how much each counts.
struct SearchDocument {
    let entry: ReferenceEntry
    private var weights: [String: Int] = [:]
    private var stems: [String: Int] = [:]

    init(_ entry: ReferenceEntry) {
        self.entry = entry
        note(entry.name.lowercased().replacing("pve.", with: ""), 14)
        // The pieces of the names of errors and examples are everyday words.
        add(entry.name, ["Errors", "Examples"].contains(entry.area) ? 3 : 7)
        add(entry.summary, 5)
        add(entry.area, 3)
        switch entry.subject {
        case .operation(let operation):
            for parameter in operation.parameters { add(parameter, 2) }
            add(operation.returns, 1)
            add(operation.methods.map(\.name).joined(separator: " "), 6)
            for endpoint in operation.endpoints { add(endpoint.action, 4) }
        case .extra(let extra): add(extra.details.joined(separator: " "), 2)
        case .library(let library): add(library.members.joined(separator: " ") + " " + library.note, 4)
        case .absent(let absent): add(absent.instead, 2)
        case .error(let error): add(error.again, 1)
        case .example(let example): add(example.comment.joined(separator: " "), 3)
        }
    }

    /// How well a term fits: its own word counts for more than one that means the same, a whole word for more than its stem.
    func score(_ term: SearchTerm) -> Int {
        var best = 0
        for (index, word) in term.words.enumerated() {
            let whole = (weights[word] ?? 0) * 4
            let score = max(whole, (stems[SearchTerm.stem(word)] ?? 0) * 3)
            best = max(best, index == 0 ? score * 2 : score)
        }
        return best
    }

    private mutating func add(_ parameter: Parameter, _ weight: Int) {
        add(parameter.name, weight * 2)
        add(parameter.summary, weight)
        if case .options(let options) = parameter.type { for option in options { add(option, 1) } }
        if case .choice(let words) = parameter.type { add(words.joined(separator: " "), weight * 2) }
    }

    private mutating func add(_ text: String, _ weight: Int) {
        for word in SearchTerm.tokens(of: text) { note(word, weight) }
    }

    private mutating func note(_ word: String, _ weight: Int) {
        weights[word] = max(weights[word] ?? 0, weight)
        let stem = SearchTerm.stem(word)
        stems[stem] = max(stems[stem] ?? 0, weight)
    }
}
