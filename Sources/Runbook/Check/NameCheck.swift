// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model
internal import Text

/// Members that `pve`, its tables, its objects and Lua's libraries do not have.
enum NameCheck {
    /// - Parameter added: What scripts put into libraries themselves, as `string.trim`.
    static func findings(in text: CheckedText, added: Set<String>) -> [RawFinding] {
        var findings: [RawFinding] = []
        text.members { base, word in
            guard findings.count < FindingPlaces.most else { return }
            switch text.meaning(base) {
            case .pve?:
                if !LanguageNames.members.contains(word.text) {
                    findings.append(unknown(word, in: "pve", LanguageNames.members))
                }
            case .group(let group)?:
                let members = LanguageNames.groups[group] ?? []
                if !members.contains(word.text) { findings.append(unknown(word, in: "pve.\(group)", members)) }
            case .library(let library)?:
                let members = LanguageNames.libraries[library] ?? []
                guard !members.contains(word.text), !added.contains("\(library).\(word.text)") else { return }
                var finding = unknown(word, in: library, members)
                if let reason = ScriptWords.absent(word.text, of: library) { finding.hint = reason }
                findings.append(finding)
            case .simulator?:
                if !LanguageNames.simulator.contains(word.text) {
                    findings.append(unknown(word, in: "sim", LanguageNames.simulator))
                }
            default: return
            }
        }
        return findings + methods(in: text) + assignments(in: text)
    }

    private static func unknown(_ word: LuaOutline.Word, in table: String, _ known: Set<String>) -> RawFinding {
        let meant = Spelling.nearest(to: word.text, among: known.sorted()).map { "\(table).\($0)" }
        let hint =
            meant.map { "did you mean `\($0)`?" }
            ?? (table == "pve"
                ? "docs/language.md lists what there is" : "it has " + known.sorted().joined(separator: ", "))
        return RawFinding(
            .name, "\(table).\(TextExcerpt.of(word.text)) does not exist", hint: hint,
            example: meant.flatMap { ScriptWords.example(for: $0) }, at: word.range)
    }

    private static func methods(in text: CheckedText) -> [RawFinding] {
        var findings: [RawFinding] = []
        for call in text.outline.calls where findings.count < FindingPlaces.most {
            if let finding = method(of: call, in: text) { findings.append(finding) }
        }
        return findings
    }

    private static func method(of call: LuaOutline.Call, in text: CheckedText) -> RawFinding? {
        guard let method = call.method else { return dotted(call, in: text) }
        switch text.meaning(call.function) {
        case .pve?, .group?:
            let known = LanguageNames.members.contains(method.text)
            return RawFinding(
                .name, "pve has functions, not methods: they are called with a dot",
                hint: known ? "pve.\(method.text)(…)" : nil, example: ScriptWords.example(for: "pve.\(method.text)"),
                at: method.range)
        case .object(let object)?:
            let known = LanguageNames.methods[object] ?? [:]
            guard known[method.text] == nil else { return nil }
            let meant = Spelling.nearest(to: method.text, among: known.keys.sorted())
            return RawFinding(
                .name, "a \(object.rawValue) has no method \(TextExcerpt.of(method.text))",
                hint: meant.map { "did you mean `\($0)`?" } ?? "it has " + known.keys.sorted().joined(separator: ", "),
                example: meant.flatMap { ScriptWords.method($0, of: object) }, at: method.range)
        default: return nil
        }
    }

    /// A method that is called with a dot, and so without its object.
    private static func dotted(_ call: LuaOutline.Call, in text: CheckedText) -> RawFinding? {
        guard call.arguments.isEmpty, case .field(let base, let word) = text.outline[call.function].shape,
            case .object(let object)? = text.meaning(base), LanguageNames.methods[object]?[word.text] != nil
        else { return nil }
        return RawFinding(
            .name, "call it with a colon: \(object.variable):\(word.text)(…)",
            example: ScriptWords.method(word.text, of: object), at: word.range)
    }

    /// `pve` and all in it are read-only.
    private static func assignments(in text: CheckedText) -> [RawFinding] {
        text.outline.assignedFields.compactMap { id in
            let base: LuaOutline.ID
            switch text.outline[id].shape {
            case .field(let found, _), .index(let found, _): base = found
            default: return nil
            }
            switch text.meaning(base) {
            case .pve?, .group?, .parameters?:
                return RawFinding(
                    .name, "pve is read-only", hint: "keep it in a local of your own", at: text.outline.range(of: id))
            default: return nil
            }
        }
    }
}
