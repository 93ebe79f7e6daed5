// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text

/// Reads what Lua says of a script's mistakes, and knows what was probably meant.
enum ScriptWords {
    /// The word of the source that a message is about: `prnt` of `attempt to call a nil value (global 'prnt')`.
    static func meant(by message: String) -> String? {
        if let named = named(in: message) { return named.name }
        if let near = message.firstRange(of: " near '"), message.hasSuffix("'") {
            return String(message[near.upperBound...].dropLast())
        }
        guard message.hasPrefix("pve.") else { return nil }
        let path = message.dropFirst(4).prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        return path.split(separator: ".").last.map(String.init)
    }

    /// What to do about a script's mistake; nil where there is nothing to say.
    ///
    /// - Parameters:
    ///   - message: What Lua says.
    ///   - line: The line of the source that it says it of.
    static func hint(for message: String, line: String) -> String? {
        guard let (kind, name) = named(in: message), name.utf8.count <= 64 else { return slip(message) }
        if let instead = instead(of: name, isGlobal: kind == "global", in: line) { return instead }
        switch kind {
        case "global":
            if OperationTable.named(name) != nil { return "it is a function of the cluster: pve.\(name)" }
            return Spelling.suggestion(for: name, among: LuaLibrary.globals)
                ?? "nothing in this script has given `\(name)` a value: is it misspelt, or a local of another block?"
        case "method":
            let methods = Set(OperationTable.all.flatMap(\.methods).map(\.name)).sorted()
            return Spelling.suggestion(for: name, among: methods)
                ?? "the methods of guests, nodes and storages are: " + methods.joined(separator: ", ")
        case "field":
            guard let table = table(before: name, in: line), let members = LuaLibrary.named(table)?.members else {
                return slip(message)
            }
            return Spelling.nearest(to: name, among: members).map { "did you mean `\(table).\($0)`?" }
                ?? "\(table) has: " + members.joined(separator: ", ")
        case "local", "upvalue":
            return "`\(name)` is nil here: look where it was given its value, or ask `if \(name) then … end` first"
        default: return slip(message)
        }
    }

    /// What to do in place of something that Lua has elsewhere: a global variable, or a member of a library.
    static func absent(_ name: String, of library: String?) -> String? {
        let path = library.map { "\($0).\(name)" } ?? name
        return AbsentLua.all.first { $0.names.contains(path) }?.instead
    }

    static func slip(_ message: String) -> String? {
        if message.contains("near '='") {
            return "one `=` gives a value, two compare: if vm.status == \"running\" then … end"
        }
        if message.contains("near '!'") { return "Lua writes `not x` and `a ~= b`" }
        if message.contains("near '&'") || message.contains("near '|'") { return "Lua writes `and` and `or`" }
        if message.contains("near '+'") { return "Lua has no += and no ++: n = n + 1" }
        if message.contains("attempt to concatenate a nil value") {
            return "tostring(value) can be joined whatever it is; a field that is not there is nil"
        }
        if message.contains("attempt to compare") {
            return "both sides must be numbers, or both text: tonumber(text) makes a number"
        }
        if message.hasPrefix("attempt to index a nil value") {
            return "what stands before the dot is nil: was there an answer, and has it a field of this name?"
        }
        return nil
    }

    /// The kind and the name that Lua puts behind its message: `(global 'prnt')`.
    static func named(in message: String) -> (kind: String, name: String)? {
        guard message.hasPrefix("attempt to "), message.hasSuffix("')"), let open = message.lastIndex(of: "(")
        else { return nil }
        let words = message[open...].dropFirst().dropLast(2).split(separator: " '", maxSplits: 1)
        guard words.count == 2, let kind = words.first, let name = words.last else { return nil }
        return (String(kind), String(name))
    }

    /// The word that stands before `.name` in a line.
    private static func table(before name: String, in line: String) -> String? {
        guard let range = line.firstRange(of: "." + name) else { return nil }
        let word = line[..<range.lowerBound].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return word.isEmpty ? nil : String(word.reversed())
    }

    /// What to do in place of something that scripts elsewhere have: `execute` is missing where `os.execute` stands in the line.
    private static func instead(of name: String, isGlobal: Bool, in line: String) -> String? {
        AbsentLua.all.first { absent in
            absent.names.contains { path in
                path.split(separator: ".").last.map(String.init) == name && (isGlobal || line.contains(path))
            }
        }?.instead
    }
}
