// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What completes a name: functions of `pve`, methods, what the session has defined, and Lua's own words.
struct NameCompletion {
    let site: CallSite
    let variables: [ReplVariable]

    private static let words = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not",
        "or", "repeat", "return", "then", "true", "until", "while",
    ]
    private static let standard = [
        "assert", "coroutine", "error", "ipairs", "math", "next", "pairs", "pcall", "print", "require", "select",
        "string",
        "table", "tonumber", "tostring", "type", "utf8", "xpcall",
    ]

    func candidates() -> [String] {
        let word = site.word
        if let colon = word.lastIndex(of: ":") { return methods(String(word[..<colon]), before: word[...colon]) }
        if word.hasPrefix(".") {
            return site.closed == "pve.cluster"
                ? ReplCompletion.functions.map { "." + $0 }.filter { $0.hasPrefix(word) } : []
        }
        if let dot = word.firstIndex(of: ".") { return members(String(word[..<dot])) }
        guard !word.isEmpty else { return [] }
        let own = variables.map(\.name).filter(Self.isName)
        // A name alone is completed by what goes on from it.
        let all = ["pve."] + own + Self.words + Self.standard
        return Set(all.filter { $0.hasPrefix(word) && $0 != word }).sorted()
    }

    private func members(_ name: String) -> [String] {
        let word = site.word
        if let variable = variables.first(where: { $0.name == name }) {
            return variable.keys.filter(Self.isName).map { "\(name).\($0)" }.filter { $0.hasPrefix(word) }.sorted()
        }
        guard name == "pve" else { return [] }
        return ReplCompletion.functions.map { "pve." + $0 }.filter { $0.hasPrefix(word) }
    }

    /// The methods of the kind that an object is known to be of; all of them where nothing is known.
    private func methods(_ object: String, before stem: Substring) -> [String] {
        let kind: ScriptObject? =
            if object.isEmpty, let closed = site.closed, closed.hasPrefix("pve.") {
                OperationTable.named(String(closed.dropFirst(4)))?.gives
            } else {
                variables.first { $0.name == object }?.object
            }
        let methods = OperationTable.all.flatMap(\.methods).filter { kind == nil || $0.object == kind }
        return Set(methods.map { stem + $0.name }).filter { $0.hasPrefix(site.word) }.sorted()
    }

    private static func isName(_ text: String) -> Bool {
        (text.utf8.first.map { !(0x30...0x39).contains($0) } ?? false) && text.utf8.count <= 100
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
    }
}
