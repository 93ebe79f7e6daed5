// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model
internal import Text
internal import Wire

/// Calls of `pve` functions that are given what they do not take, as far as it stands there as a literal.
///
/// What is computed is believed; for all else the judges are those of the run itself, ``ArgumentChecker``.
struct ArgumentCheck {
    let text: CheckedText
    private let packer: LiteralPacker
    private var findings: [RawFinding] = []
    /// What is called, as messages name it, and how it is written.
    private var called = ""
    private var usage = ""
    private var example: String?

    static func findings(in text: CheckedText) -> [RawFinding] {
        var check = ArgumentCheck(text: text)
        for call in text.outline.calls where check.findings.count < FindingPlaces.most { check.look(at: call) }
        return check.findings
    }

    private init(text: CheckedText) {
        self.text = text
        packer = LiteralPacker(outline: text.outline)
    }

    /// Something that is given: an expression, or what a method puts before it.
    private struct Given {
        var node = LuaOutline.nothing
        var value: PackedValue
    }

    private mutating func look(at call: LuaOutline.Call) {
        var given = call.arguments.map { Given(node: $0, value: packer.value(of: $0)) }
        let isOpen = call.arguments.last.map(text.outline.isSeveral) ?? false
        if case .extra(let extra)? = text.meaning(call.function), call.method == nil {
            guard let parameters = LanguageNames.parameters[extra.name] else { return }
            (called, usage, example) = ("pve.\(extra.name)", extra.usage, extra.example)
            return check(given, parameters, call, isOpen: isOpen, filled: [])
        }
        guard let (operation, method) = text.operation(of: call) else { return }
        (called, usage, example) = ("pve.\(operation.name)", operation.usage, operation.example)
        if let method {
            called = "\(method.object.variable):\(method.name)"
            usage = "\(usage), where \(called) fills in the beginning"
            given = method.before.map { Given(value: Self.before($0)) } + given
            if !method.into.isEmpty, call.arguments.isEmpty { given.append(Given(value: .map([]))) }
        }
        guard let shift = shift(given, operation, isOpen) else { return }
        if shift > 0 { given.insert(Given(value: .null), at: 0) }
        check(given, operation.parameters, call, isOpen: isOpen, filled: Set((method?.into ?? [:]).keys))
    }

    private static func before(_ text: String?) -> PackedValue {
        guard let text else { return .null }
        return text.hasPrefix("@") ? LiteralPacker.computed : PackedValue(text)
    }

    /// By how much the arguments stand further to the front than their parameters; nil where only the run can tell.
    private func shift(_ given: [Given], _ operation: Operation, _ isOpen: Bool) -> Int? {
        let values = given.map(\.value)
        let parameters = operation.parameters
        let isTaskSecond = if parameters.count > 1, case .task = parameters[1].type { true } else { false }
        let mayStandAlone = if parameters.count == 2, case .options = parameters[1].type { true } else { false }
        if let first = values.first, first == LiteralPacker.computed, isTaskSecond || mayStandAlone && values.count == 1
        {
            // `poll(task, { … })`: a table behind what is computed is options, unless it is a task itself.
            if isTaskSecond, values.count == 2, isTable(given[1].node, without: "upid") { return 1 }
            return values.count == parameters.count && !isOpen && !isTaskSecond ? 0 : nil
        }
        return ArgumentChecker.shifted(values, for: operation).count - values.count
    }

    private func isTable(_ id: LuaOutline.ID, without name: String) -> Bool {
        guard id != LuaOutline.nothing, case .table(let fields) = text.outline[text.outline.bare(id)].shape else {
            return false
        }
        return !fields.contains { if case .name(let word) = $0.key { word.text == name } else { false } }
    }

    private mutating func check(
        _ given: [Given], _ parameters: [Parameter?], _ call: LuaOutline.Call, isOpen: Bool, filled: Set<String>
    ) {
        for (index, parameter) in parameters.enumerated() {
            guard let parameter else { continue }
            guard given.indices.contains(index), given[index].value != .null else {
                let isMissing = parameter.isRequired && !(isOpen && index >= given.count)
                if isMissing {
                    let node = given.indices.contains(index) ? given[index].node : LuaOutline.nothing
                    add(
                        "\(parameter.name): is missing; it must be \(parameter.type.description)", nil,
                        at: node == LuaOutline.nothing ? place(of: call) : text.outline.range(of: node))
                    return
                }
                continue
            }
            guard given[index].node != LuaOutline.nothing, !(isOpen && index == given.count - 1) else { continue }
            let count = findings.count
            look(at: given[index].node, parameter.type, path: parameter.name, filled: filled)
            // One argument that is wrong or left out makes those behind it wrong too.
            if findings.count > count { return }
        }
        if let extra = given.dropFirst(parameters.count).first(where: { $0.value != .null }),
            extra.node != LuaOutline.nothing, !(isOpen && extra.node == given.last?.node)
        {
            add("arguments: \(called) takes at most \(parameters.count)", nil, at: text.outline.range(of: extra.node))
        }
    }

    private func place(of call: LuaOutline.Call) -> Range<Int> {
        call.method?.range ?? text.outline.range(of: call.function)
    }

    private mutating func add(_ message: String, _ hint: String?, at range: Range<Int>) {
        findings.append(
            RawFinding(
                .argument, "\(called): \(message)", hint: hint ?? "it is called: \(usage)", example: example, at: range)
        )
    }

    // MARK: - Values

    /// Holds an expression against what may stand there.
    private mutating func look(
        at id: LuaOutline.ID, _ type: ParameterType, path: String, filled: Set<String> = []
    ) {
        let id = text.outline.bare(id)
        guard case .table(let fields) = text.outline[id].shape else {
            return judge(packer.value(of: id), id, type, path)
        }
        let named = fields.compactMap { if case .name(let word) = $0.key { (word, $0.value) } else { nil } }
        let isList = fields.allSatisfy { if case .position = $0.key { true } else { false } }
        switch type {
        case .options(let parameters) where named.count == fields.count:
            options(named, parameters, id, path, filled)
        case .guests where named.count == fields.count && !fields.isEmpty && !named.contains { $0.0.text == "vmid" }:
            options(named, InventoryFilters.parameters, id, path, [])
        case .guests where isList:
            for (index, field) in fields.enumerated() { look(at: field.value, .guest, path: "\(path)[\(index + 1)]") }
        case .list(let element) where isList:
            for (index, field) in fields.enumerated() { look(at: field.value, element, path: "\(path)[\(index + 1)]") }
        default: judge(packer.value(of: id), id, type, path)
        }
    }

    private mutating func options(
        _ fields: [(LuaOutline.Word, LuaOutline.ID)], _ parameters: [Parameter], _ id: LuaOutline.ID, _ path: String,
        _ filled: Set<String>
    ) {
        for (word, value) in fields where findings.count < FindingPlaces.most {
            guard let parameter = parameters.first(where: { $0.name == word.text }) else {
                let known = parameters.map(\.name)
                add(
                    "\(path).\(TextExcerpt.of(word.text)): is not an option",
                    Spelling.suggestion(for: word.text, among: known)
                        ?? "the options are " + known.joined(separator: ", "), at: word.range)
                continue
            }
            if packer.value(of: value) == .null { continue }
            look(at: value, parameter.type, path: "\(path).\(parameter.name)")
        }
        for parameter in parameters where parameter.isRequired && !filled.contains(parameter.name) {
            guard !fields.contains(where: { $0.0.text == parameter.name && packer.value(of: $0.1) != .null }) else {
                continue
            }
            add(
                "\(path).\(parameter.name): is missing; it must be \(parameter.type.description)", nil,
                at: text.outline.range(of: id))
        }
    }

    /// Lets the run's own check judge a value that stands there as it is.
    private mutating func judge(_ value: PackedValue, _ id: LuaOutline.ID, _ type: ParameterType, _ path: String) {
        guard !LiteralPacker.isComputed(value) else { return }
        if case .any = type, case .opaque = value { return }
        do throws(Failure) {
            _ = try ArgumentChecker.check(value, type, path: path)
        } catch {
            add(error.message, error.hint, at: text.outline.range(of: id))
        }
    }
}
