// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// A parameter as JSON: its type as a word, and what narrows it.
enum ParameterJSON {
    static func value(_ parameter: Parameter) -> JSONValue {
        var object = JSONObject([
            ("name", .string(parameter.name)), ("required", .bool(parameter.isRequired)),
            ("summary", .string(parameter.summary)), ("accepts", .string(parameter.type.description)),
        ])
        if let standard = ParameterDefault.text(of: parameter) { object["default"] = .string(standard) }
        for member in members(of: parameter.type) { object[member.key] = member.value }
        return .object(object)
    }

    private static func members(of type: ParameterType) -> [JSONObject.Member] {
        func words(_ words: [String]) -> JSONValue { .array(words.map(JSONValue.string)) }
        switch type {
        case .choice(let choices): return [("type", "choice"), ("values", words(choices))]
        case .wordOrFunction(let choices): return [("type", "choice or function"), ("values", words(choices))]
        case .integer(let range):
            let bound: [JSONObject.Member] = range.upperBound == .max ? [] : [("maximum", JSONValue(range.upperBound))]
            return [("type", "integer"), ("minimum", JSONValue(range.lowerBound))] + bound
        case .seconds(let most): return [("type", "seconds"), ("minimum", 0), ("maximum", .number(most))]
        case .text(let most, let lines):
            return [("type", "text"), ("maximum_bytes", JSONValue(most)), ("lines", .bool(lines))]
        case .options(let options): return [("type", "options"), ("options", .array(options.map(value)))]
        case .list(let element):
            return [
                ("type", "list"), ("element", .object(JSONObject(members(of: element).map { ($0.key, $0.value) }))),
            ]
        default: return [("type", .string(name(type)))]
        }
    }

    private static func name(_ type: ParameterType) -> String {
        switch type {
        case .node: "node"
        case .guest: "guest"
        case .guestOrName: "guest or name"
        case .task: "task"
        case .snapshotName: "snapshot name"
        case .flag: "boolean"
        case .apiPath: "API path"
        case .apiParameters: "API parameters"
        case .storage: "storage"
        case .pool: "pool"
        case .volume: "volume"
        case .size: "size"
        case .function: "function"
        case .guests: "guests"
        case .any, .choice, .wordOrFunction, .integer, .seconds, .text, .options, .list: "any"
        }
    }
}

/// What holds where an option is left out, as its summary words it.
enum ParameterDefault {
    static func text(of parameter: Parameter) -> String? {
        let summary = parameter.summary
        for mark in ["; default: ", "; default ", " Default: ", " Default ", ". default "] {
            guard let found = summary.firstRange(of: mark) else { continue }
            let rest = summary[found.upperBound...]
            let end = [". ", "; ", ": "].compactMap { rest.firstRange(of: $0)?.lowerBound }.min() ?? rest.endIndex
            let text = rest[..<end]
            return String(text.hasSuffix(".") ? text.dropLast() : text)
        }
        return nil
    }
}
