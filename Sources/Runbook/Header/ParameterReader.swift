// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import LuaSource
internal import Model
internal import Text
internal import Wire

/// Reads one parameter's declaration: `tag = { type = "string", required = true }`.
struct ParameterReader {
    let source: HeaderSource
    private static let keys = [
        "type", "list", "required", "default", "help", "one_of", "min", "max", "pattern", "secret",
    ]

    func parameter(_ member: HeaderSource.Member) throws(Failure) -> RunbookParameter {
        try check(name: member)
        var result = RunbookParameter(name: member.name, place: source.place(member.start))
        var parts: [String: LuaLiteral] = [:]
        for part in try source.members(member.value, of: "the parameter \(member.name)") {
            guard Self.keys.contains(part.name) else {
                throw source.failure(
                    "a parameter has no `\(TextExcerpt.of(part.name))`", at: part.start,
                    hint: Spelling.suggestion(for: part.name, among: Self.keys)
                        ?? "there are " + Self.keys.joined(separator: ", "))
            }
            parts[part.name] = part.value
        }
        if let type = parts["type"] { result.kind = try kind(type) }
        if let value = parts["list"] { result.isList = try source.flag(value, of: "list") }
        if let value = parts["required"] { result.isRequired = try source.flag(value, of: "required") }
        if let value = parts["secret"] { result.isSecret = try source.flag(value, of: "secret") }
        result.isSecret = result.isSecret || Redaction.isSecret(member.name)
        if let value = parts["help"] { result.help = try source.text(value, of: "help", most: 1000) }
        if let value = parts["pattern"] { result.pattern = try pattern(value, of: result) }
        result.least = try parts["min"].map { (value) throws(Failure) in try bound(value, "min", of: result) }
        result.most = try parts["max"].map { (value) throws(Failure) in try bound(value, "max", of: result) }
        if let least = result.least, let most = result.most, let max = parts["max"],
            PackedValue.order(least.value, most.value).map({ $0 > 0 }) ?? false
        {
            throw source.failure("max is below min: nothing is between them", at: max.start)
        }
        (result.texts.least, result.texts.most) = (result.least?.text, result.most?.text)
        if let value = parts["one_of"] { try choices(value, &result) }
        if let value = parts["default"] { try standard(value, &result) }
        return result
    }

    private func check(name member: HeaderSource.Member) throws(Failure) {
        let isNamed = member.name.utf8.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isNamed, (1...64).contains(member.name.utf8.count), member.name.utf8.first != UInt8(ascii: "-") else {
            throw source.failure(
                "a parameter's name consists of letters, digits, `_` and `-`, at most 64 of them, not "
                    + "`\(TextExcerpt.of(member.name))`", at: member.start)
        }
    }

    private func kind(_ value: LuaLiteral) throws(Failure) -> ParameterKind {
        let text = try source.text(value, of: "type", most: 100)
        if let kind = ParameterKind(rawValue: text) { return kind }
        let known = ParameterKind.allCases.map(\.rawValue)
        let usual = ["int": "integer", "float": "number", "bool": "boolean", "text": "string", "time": "duration"]
        let suggestion =
            usual[text].map { "did you mean `\($0)`?" } ?? Spelling.suggestion(for: text, among: known)
        throw source.failure(
            "there is no type `\(TextExcerpt.of(text))`", at: value.start,
            hint: suggestion ?? "types are " + known.joined(separator: ", ") + "; a list of them has list = true")
    }

    private func pattern(_ value: LuaLiteral, of parameter: RunbookParameter) throws(Failure) -> Glob {
        guard parameter.kind.isText else {
            throw source.failure("pattern is for texts; this is \(parameter.kind.meaning)", at: value.start)
        }
        let text = try source.text(value, of: "pattern", most: 200)
        guard !text.isEmpty else { throw source.failure("pattern must not be empty", at: value.start) }
        return Glob(text)
    }

    private func bound(
        _ value: LuaLiteral, _ name: String, of parameter: RunbookParameter
    ) throws(Failure) -> RunbookParameter.Bound {
        guard parameter.kind.isOrdered else {
            throw source.failure("\(name) is for numbers, times and sizes", at: value.start)
        }
        guard let bound = parameter.kind.value(value.value) else {
            throw source.failure("\(name) must be \(parameter.kind.meaning)", at: value.start)
        }
        return RunbookParameter.Bound(value: bound, text: Self.text(of: value.value))
    }

    private func choices(_ value: LuaLiteral, _ parameter: inout RunbookParameter) throws(Failure) {
        guard case .table = value.value else {
            throw source.failure("one_of must be a list of values", at: value.start)
        }
        var values: [PackedValue] = []
        let elements = try source.elements(value, of: "one_of")
        for element in elements { values.append(try single(element, "a choice", of: parameter)) }
        guard !values.isEmpty else {
            throw source.failure("one_of is empty: no value would do", at: value.start)
        }
        parameter.choices = values
        parameter.texts.choices = elements.map { Self.text(of: $0.value) }
    }

    private func standard(_ value: LuaLiteral, _ parameter: inout RunbookParameter) throws(Failure) {
        guard !parameter.isRequired else {
            throw source.failure(
                "a parameter with a default is never missing", at: value.start, hint: "leave out required, or default")
        }
        guard !parameter.isSecret else {
            throw source.failure(
                "a secret has no default: it would stand in the runbook", at: value.start,
                hint: "make it required, and hand it over with --param")
        }
        guard parameter.isList else {
            parameter.standard = try single(value, "default", of: parameter)
            parameter.texts.standard = Self.text(of: value.value)
            return
        }
        guard case .table = value.value else {
            throw source.failure("default must be a list, as list = true says", at: value.start)
        }
        var values: [PackedValue] = []
        let elements = try source.elements(value, of: "default")
        for element in elements { values.append(try single(element, "an element of default", of: parameter)) }
        parameter.standard = .array(values)
        parameter.texts.standard = elements.map { Self.text(of: $0.value) }.joined(separator: ",")
    }

    /// One value of the parameter's type that keeps to what else is declared.
    private func single(
        _ value: LuaLiteral, _ what: String, of parameter: RunbookParameter
    ) throws(Failure) -> PackedValue {
        guard let found = parameter.kind.value(value.value) else {
            throw source.failure(
                "\(what) must be \(parameter.kind.meaning)", at: value.start,
                hint: Self.isNumber(parameter.kind) ? "without quotes" : nil)
        }
        do throws(WrongValue) {
            try parameter.check(found, nil)
        } catch {
            throw source.failure("\(what) \(error.text)", at: value.start)
        }
        return found
    }

    private static func isNumber(_ kind: ParameterKind) -> Bool {
        [.integer, .number, .boolean, .vmid].contains(kind)
    }

    /// A literal as it would be given on the command line.
    private static func text(of value: LuaLiteral.Value) -> String {
        switch value {
        case .boolean(let flag): String(flag)
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .table: "{…}"
        }
    }
}
