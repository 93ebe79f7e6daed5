// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model

/// A text that is checked, and what is known of it before any check.
struct CheckedText {
    /// As people name it.
    let file: String
    let source: [UInt8]
    let outline: LuaOutline
    let meanings: [Meaning?]
    /// Whether `pvelua test` runs it.
    let isTest: Bool
    /// What its header says; nil for a module, and where there is none that can be read.
    var header: RunbookHeader?

    init(file: String, source: [UInt8], outline: LuaOutline) {
        self.file = file
        self.source = source
        self.outline = outline
        isTest = file.hasSuffix("_test.lua")
        meanings = Meaning.meanings(in: outline, isTest: isTest)
    }

    func meaning(_ id: LuaOutline.ID) -> Meaning? { meanings.indices.contains(id) ? meanings[id] : nil }

    /// The operation that a call is, and what its method puts before its arguments.
    func operation(of call: LuaOutline.Call) -> (operation: Operation, method: ObjectMethod?)? {
        switch meaning(call.function) {
        case .operation(let operation)? where call.method == nil: return (operation, nil)
        case .object(let object)?:
            guard let name = call.method?.text, let found = LanguageNames.methods[object]?[name] else { return nil }
            return (found.operation, found.method)
        default: return nil
        }
    }

    /// The members that are read of expressions, by a dot or by a string in brackets.
    func members(_ body: (LuaOutline.ID, LuaOutline.Word) -> Void) {
        let assigned = Set(outline.assignedFields)
        for (id, node) in outline.nodes.enumerated() where !assigned.contains(id) {
            switch node.shape {
            case .field(let base, let word): body(base, word)
            case .index(let base, let key):
                guard let text = outline.text(of: key) else { continue }
                body(base, LuaOutline.Word(text: text, start: outline[key].start))
            default: continue
            }
        }
    }
}
