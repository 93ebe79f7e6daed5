// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model

/// What an expression of a script is known to be, whatever happens when it runs.
enum Meaning {
    /// `pve`, or the same of another cluster.
    case pve
    /// A table below `pve`, such as `pve.api`.
    case group(String)
    case operation(Operation)
    case extra(LanguageExtra)
    /// `pve.params`.
    case parameters
    /// What `pve.vm` and the like give.
    case object(ScriptObject)
    /// One of Lua's libraries.
    case library(String)
    /// `sim` of test files.
    case simulator

    /// What each expression of a text is known to be.
    ///
    /// One walk will do: an expression stands behind its parts, and a local's value before the local's uses.
    static func meanings(in outline: LuaOutline, isTest: Bool) -> [Meaning?] {
        var result: [Meaning?] = []
        result.reserveCapacity(outline.nodes.count)
        let given = Set(outline.assignments.map(\.name))
        func known(_ id: LuaOutline.ID) -> Meaning? { result.indices.contains(id) ? result[id] : nil }
        for node in outline.nodes {
            let meaning: Meaning?
            switch node.shape {
            case .global(let name): meaning = given.contains(name) ? nil : global(name, isTest: isTest)
            case .local(let number):
                let local = outline.locals[number]
                meaning = local.writes == 0 ? known(local.value) : nil
            case .field(let base, let word): meaning = known(base)?.member(word.text)
            case .index(let base, let key): meaning = outline.text(of: key).flatMap { known(base)?.member($0) }
            case .single(let inner): meaning = known(inner)
            case .call(let number): meaning = answer(outline.calls[number], known(outline.calls[number].function))
            default: meaning = nil
            }
            result.append(meaning)
        }
        return result
    }

    private static func global(_ name: String, isTest: Bool) -> Meaning? {
        if name == "pve" { return .pve }
        if isTest, name == "sim" { return .simulator }
        return LanguageNames.libraries[name] == nil ? nil : .library(name)
    }

    private static func answer(_ call: LuaOutline.Call, _ function: Meaning?) -> Meaning? {
        guard call.method == nil, case .operation(let operation)? = function else { return nil }
        return operation.name == "cluster" ? .pve : operation.gives.map(Meaning.object)
    }

    private func member(_ name: String) -> Meaning? {
        switch self {
        case .pve:
            if name == "params" { return .parameters }
            if LanguageNames.groups[name] != nil { return .group(name) }
            return OperationTable.named(name).map(Meaning.operation)
                ?? LanguageExtra.all.first { $0.name == name }.map(Meaning.extra)
        case .group(let group): return OperationTable.named("\(group).\(name)").map(Meaning.operation)
        default: return nil
        }
    }
}

extension LuaOutline {
    /// The text that an expression is, where it is a string that stands there.
    func text(of id: ID) -> String? {
        guard case .literal(.string(let bytes)) = self[bare(id)].shape else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The expression itself, or the literal that a local variable stands for as long as it lives.
    func resolved(_ id: ID) -> ID {
        let id = bare(id)
        guard case .local(let number) = self[id].shape, locals[number].writes == 0, locals[number].value != Self.nothing
        else { return id }
        let value = bare(locals[number].value)
        if case .literal = self[value].shape { return value }
        return id
    }

    /// Whether an expression may be several values, or none.
    func isSeveral(_ id: ID) -> Bool {
        switch self[id].shape {
        case .call, .several: true
        default: false
        }
    }

    /// The bytes of an expression.
    func range(of id: ID) -> Range<Int> {
        let node = self[id]
        return node.start..<max(node.start, node.end)
    }
}

extension LuaOutline.Word {
    /// Its bytes.
    var range: Range<Int> { start..<(start + max(1, text.utf8.count)) }
}
