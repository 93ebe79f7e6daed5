// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model
internal import Text

/// Global variables that nothing gives a value, and those that a script makes.
enum GlobalCheck {
    /// - Parameter given: The globals that this text, or one that it may run with, gives a value.
    static func findings(in text: CheckedText, given: Set<String>) -> [RawFinding] {
        assigned(in: text) + unknown(in: text, given)
    }

    private static func isKnown(_ name: String, in text: CheckedText) -> Bool {
        LanguageNames.globals.contains(name) || LanguageNames.libraries[name] != nil
            || text.isTest && LanguageNames.testGlobals.contains(name)
    }

    private static func unknown(in text: CheckedText, _ given: Set<String>) -> [RawFinding] {
        // Who handles the table of globals as a value may put anything there.
        guard !handlesGlobals(text) else { return [] }
        var told: Set<String> = []
        var findings: [RawFinding] = []
        let locals = Set(text.outline.locals.map(\.name))
        for node in text.outline.nodes where findings.count < FindingPlaces.most {
            guard case .global(let name) = node.shape, !given.contains(name), !isKnown(name, in: text),
                told.insert(name).inserted
            else { continue }
            let range = node.start..<node.end
            guard let reason = ScriptWords.absent(name, of: nil) else {
                findings.append(
                    RawFinding(
                        .global,
                        "`\(TextExcerpt.of(name))` has no value: it is no local, and nothing sets such a global",
                        hint: hint(name, locals.union(given)), example: ScriptWords.example(for: "pve.\(name)"),
                        at: range))
                continue
            }
            findings.append(RawFinding(.global, "`\(name)` does not exist here", hint: reason, at: range))
        }
        return findings
    }

    private static func hint(_ name: String, _ locals: Set<String>) -> String? {
        if OperationTable.named(name) != nil || LanguageNames.members.contains(name) {
            return "it is a function of the cluster: pve.\(name)"
        }
        if locals.contains(name) { return "a local `\(name)` exists in another block, or only further down" }
        if LanguageNames.testGlobals.contains(name) { return "it exists in test files, whose names end in _test.lua" }
        // As many locals as nobody writes by hand are not searched for a word that is near.
        let known = LanguageNames.globals.union(LanguageNames.libraries.keys).union(locals.count < 500 ? locals : [])
        return name.count > 2 ? Spelling.suggestion(for: name, among: known.sorted()) : nil
    }

    private static func handlesGlobals(_ text: CheckedText) -> Bool {
        text.outline.nodes.contains { node in
            if case .global(let name) = node.shape { name == "_G" || name == "_ENV" } else { false }
        } || text.outline.locals.contains { $0.name == "_ENV" }
            || text.outline.assignments.contains { $0.name == "_ENV" || $0.name == "_G" }
    }

    private static func assigned(in text: CheckedText) -> [RawFinding] {
        var told: Set<String> = []
        return text.outline.assignments.compactMap { assignment in
            let name = assignment.name
            guard !name.hasPrefix("_"), told.insert(name).inserted else { return nil }
            let range = assignment.start..<(assignment.start + name.utf8.count)
            if name == "pve" || LanguageNames.libraries[name] != nil {
                return RawFinding(
                    .global, "`\(name)` is replaced for the whole script", hint: "choose another name, and write local",
                    at: range, severity: .warning)
            }
            return RawFinding(
                .global, "`\(TextExcerpt.of(name))` becomes a global variable",
                hint: assignment.isFunction ? "write: local function \(name)" : "write: local \(name) = …",
                at: range, severity: .warning)
        }
    }
}
