// SPDX-License-Identifier: Apache-2.0

/// A parameter as it came: text, several texts, or a JSON thing that is neither.
enum RawValue: Sendable, Hashable {
    case text(String)
    case list([String])
    /// What Perl would call it: `HASH`.
    case reference(String)
    /// A key without value.
    case undefined

    var text: String? { if case .text(let text) = self { text } else { nil } }
}

/// Checks parameters as PVE::JSONSchema does, collecting every complaint.
struct Validation {
    private(set) var fields: [Refusal.Field] = []
    private(set) var accepted: [String: String] = [:]

    /// Checks `values` against what is declared.
    ///
    /// - Parameter isLenient: Whether what is not declared is taken as it comes, names and choices alike.
    init(
        _ values: [String: RawValue], _ declared: [Parameter], options: GuestOptions?, pathNames: Set<String>,
        isLenient: Bool = false
    ) {
        var known: [String: Parameter] = [:]
        for parameter in declared { known[parameter.name] = parameter }
        for (name, value) in values {
            guard let parameter = known[name] ?? options?.parameter(name) ?? Self.pathParameter(name, pathNames) else {
                if isLenient {
                    accept(name, value)
                    continue
                }
                complain(
                    name, "property is not defined in schema and the schema does not allow additional properties")
                continue
            }
            var known = parameter
            if isLenient { known.values = nil }
            check(known, value, values)
        }
        for parameter in declared where !parameter.optional && values[parameter.name] == nil {
            complain(parameter.name, "property is missing and it is not optional")
        }
        fields.sort { $0.name < $1.name }
    }

    static func pathParameter(_ name: String, _ pathNames: Set<String>) -> Parameter? {
        guard pathNames.contains(name) else { return nil }
        switch name {
        case "vmid": return .vmid
        case "node": return .node
        case "snapname": return .string("snapname", optional: false, length: 40, .configID)
        default: return .string(name, optional: false)
        }
    }

    /// Takes a value of which nothing is known.
    private mutating func accept(_ name: String, _ value: RawValue) {
        switch value {
        case .text(let text): accepted[name] = text
        case .list(let items): accepted[name] = items.joined(separator: ",")
        case .reference, .undefined: break
        }
    }

    private mutating func complain(_ name: String, _ text: String) {
        fields.append(Refusal.Field(name: name, text: text))
    }

    private mutating func check(_ parameter: Parameter, _ value: RawValue, _ all: [String: RawValue]) {
        let name = parameter.name
        if let needs = parameter.needs, all[needs] == nil {
            complain(needs, "missing property - '\(name)' requires this property")
        }
        let text: String
        switch value {
        case .text(let given): text = given
        case .list(let items):
            guard parameter.kind == .array || parameter.format?.isList == true || parameter.format == .vmidList else {
                return complain(name, "type check ('\(parameter.kind.rawValue)') failed - got ARRAY")
            }
            accepted[name] = items.joined(separator: parameter.kind == .array ? "\u{0}" : ",")
            return
        case .reference(let kind):
            return complain(name, "type check ('\(parameter.kind.rawValue)') failed - got \(kind)")
        case .undefined: return
        }
        if let complaint = typeComplaint(parameter, text) ?? valueComplaint(parameter, text) {
            return complain(name, complaint)
        }
        accepted[name] = text
    }

    private func typeComplaint(_ parameter: Parameter, _ text: String) -> String? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
        let fits =
            switch parameter.kind {
            case .string, .array: true
            case .integer: !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
            case .number: Double(text)?.isFinite == true
            case .boolean: text == "0" || text == "1"
            }
        return fits ? nil : "type check ('\(parameter.kind.rawValue)') failed - got '\(text)'"
    }

    private func valueComplaint(_ parameter: Parameter, _ text: String) -> String? {
        if parameter.format == .webAddress, !text.hasPrefix("http://"), !text.hasPrefix("https://") {
            return "value does not match the regex pattern"
        }
        if let format = parameter.format, let complaint = format.complaint(text) {
            return "invalid format - \(complaint)\n"
        }
        if let values = parameter.values, !values.contains(text) {
            return "value '\(text)' does not have a value in the enumeration '\(values.joined(separator: ", "))'"
        }
        if let length = parameter.maximumLength, text.count > length {
            return "value may only be \(length) characters long"
        }
        if parameter.kind == .integer || parameter.kind == .number, let number = Double(text) {
            if let minimum = parameter.minimum, number < minimum {
                return "value must have a minimum value of \(Self.plain(minimum))"
            }
            if let maximum = parameter.maximum, number > maximum {
                return "value must have a maximum value of \(Self.plain(maximum))"
            }
        }
        return nil
    }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }
}

extension Format {
    /// Whether the text is a list, so that several values may be joined.
    var isList: Bool {
        switch self {
        case .vmidList, .configIDList, .taskStatusList, .tagList: true
        default: false
        }
    }
}
