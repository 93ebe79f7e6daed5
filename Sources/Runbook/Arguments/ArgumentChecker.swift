// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Text
internal import Wire

/// Turns what a script passed into checked arguments, or says which argument is wrong and what it must be.
///
/// This is the host's check, on the far side of the worker: whatever a script or a broken worker sends ends here as a
/// `parameter` error before anything is asked of the cluster.
struct ArgumentChecker {
    /// Checks the arguments of one call.
    static func check(_ values: [PackedValue], for operation: Operation) throws(Failure) -> Arguments {
        try refuseColon(values, operation)
        let values = shifted(values, for: operation)
        var result = Arguments()
        for (index, parameter) in operation.parameters.enumerated() {
            let value = index < values.count ? values[index] : .null
            if let argument = try check(value, parameter, path: parameter.name) { result[parameter.name] = argument }
        }
        let extra = values.dropFirst(operation.parameters.count).contains { $0 != .null }
        if extra {
            throw .parameter(
                "arguments", "pve.\(operation.name) takes at most \(operation.parameters.count)",
                hint: operation.usage)
        }
        return result
    }

    /// `pve:list_vms()` passes `pve` itself as the first argument, which no parameter is named for.
    private static func refuseColon(_ values: [PackedValue], _ operation: Operation) throws(Failure) {
        guard let first = values.first, first["is_error"] == .opaque("a function"), first["on_failure"] != nil else {
            return
        }
        throw .parameter(
            "arguments", "begin with pve itself",
            hint: "call it with a dot, not with a colon: \(operation.usage)")
    }

    /// `pve.poll(task)` may leave out the node that stands first in `pve.poll(node, upid)`, and options their guests.
    static func shifted(_ values: [PackedValue], for operation: Operation) -> [PackedValue] {
        if isOptionsAlone(values, for: operation) { return [.null] + values }
        guard case .node? = operation.parameters.first?.type, operation.parameters.count > 1,
            case .task = operation.parameters[1].type, let first = values.first
        else { return values }
        if case .map = first { return [.null] + values }
        return first.text?.hasPrefix("UPID:") == true ? [.null] + values : values
    }

    /// `pve.snapshot_prune{ keep = … }` may name its guests among the options, which then stand alone.
    private static func isOptionsAlone(_ values: [PackedValue], for operation: Operation) -> Bool {
        let parameters = operation.parameters
        guard parameters.count == 2, !parameters[0].isRequired, case .options(let known) = parameters[1].type,
            !values.dropFirst().contains(where: { $0 != .null })
        else { return false }
        switch (parameters[0].type, values.first) {
        case (.guest, .array(let elements)?), (.guests, .array(let elements)?): return elements.isEmpty
        case (.guest, .map(let pairs)?), (.guests, .map(let pairs)?):
            // A guest's own record has fields that options may be called by too.
            return !pairs.contains { $0.key == "vmid" }
                && (pairs.isEmpty || pairs.contains { pair in known.contains { $0.name == pair.key } })
        default: return false
        }
    }

    private static func check(
        _ value: PackedValue, _ parameter: Parameter, path: String
    ) throws(Failure) -> CheckedArgument? {
        guard value != .null else {
            if parameter.isRequired { throw .parameter(path, "is missing; it must be \(parameter.type.description)") }
            return nil
        }
        return try check(value, parameter.type, path: path)
    }

    static func check(
        _ value: PackedValue, _ type: ParameterType, path: String
    ) throws(Failure) -> CheckedArgument {
        func wrong(_ detail: String? = nil) -> Failure {
            .parameter(path, "must be \(type.description), not \(detail ?? value.shortDescription)")
        }
        switch type {
        case .node:
            guard let text = (value["node"] ?? value).text, let node = NodeName(text) else {
                var failure = wrong()
                if let vmid = (value["vmid"] ?? value).wholeNumber, VMID(vmid) != nil {
                    failure.hint = "the node comes first, and is nil where it is not known: (nil, \(vmid), …)"
                }
                throw failure
            }
            return .node(node)
        case .storage, .volume, .pool, .size: return .text(try name(value, type, path: path))
        case .function:
            guard value == .opaque("a function") else { throw wrong() }
            return .value(.null)
        case .wordOrFunction(let words):
            if value == .opaque("a function") { return .value(.null) }
            guard let text = value.text else { throw wrong() }
            return try check(.string(Array(text.utf8)), .choice(words), path: path)
        case .guests: return .value(try guests(value, path: path))
        case .guest:
            guard let number = (value["vmid"] ?? value).wholeNumber else {
                var failure = wrong()
                if let text = value.text, Int(text) != nil {
                    failure.hint = "text is no number: math.tointeger(\"\(text)\")"
                }
                throw failure
            }
            guard let vmid = VMID(number) else {
                throw .parameter(path, "must be from 100 to 999999999, not \(number)")
            }
            return .guest(vmid)
        case .guestOrName:
            guard let name = value.text else { return try check(value, .guest, path: path) }
            guard !name.isEmpty, Int(name) == nil else { return try check(value, .guest, path: path) }
            return .text(try text(value, 255, lines: false, path: path))
        case .task:
            if value["upid"] == nil, value["changed"] == .bool(false) { return .nothingToWaitFor }
            guard let text = (value["upid"] ?? value).text, let upid = UPID(text) else { throw wrong() }
            return .task(upid)
        case .choice(let words):
            guard let text = value.text else { throw wrong() }
            guard words.contains(text) else {
                var failure = wrong()
                failure.hint = Spelling.suggestion(for: text, among: words)
                throw failure
            }
            return .text(text)
        case .snapshotName:
            guard let text = value.text else { throw wrong() }
            guard let name = SnapshotName(text) else {
                throw .parameter(
                    path, "must be a snapshot name, not \(value.shortDescription)",
                    hint: "a letter, then letters, digits, - and _, 2 to 40 in all; not current, pending or vzdump")
            }
            return .snapshotName(name)
        case .text(let maximum, let lines): return .text(try text(value, maximum, lines: lines, path: path))
        case .integer(let range):
            guard let number = value.wholeNumber, range.contains(number) else { throw wrong() }
            return .integer(number)
        case .seconds(let maximum):
            guard let number = value.anyNumber, number.isFinite, (0...maximum).contains(number) else {
                throw wrong("\(value.shortDescription); at most \(Int(maximum))")
            }
            return .seconds(number)
        case .flag:
            guard case .bool(let flag) = value else { throw wrong() }
            return .flag(flag)
        case .options(let parameters): return .options(try options(value, parameters, path: path, type: type))
        case .list(let element):
            guard let elements = value.elements else { throw wrong() }
            var result: [JSONValue] = []
            for (index, item) in elements.enumerated() {
                result.append(try json(item, element, path: "\(path)[\(index + 1)]"))
            }
            return .value(.array(result))
        case .apiPath:
            return .text(try text(value, 4096, lines: false, path: path))
        case .apiParameters: return .value(try APIParameterReader.read(value, path: path))
        case .any: return .value(try value.json(path: path))
        }
    }

    private static func json(
        _ value: PackedValue, _ type: ParameterType, path: String
    ) throws(Failure) -> JSONValue {
        if case .any = type { return try value.json(path: path) }
        switch try check(value, type, path: path) {
        case .node(let node): return .string(node.rawValue)
        case .guest(let vmid): return JSONValue(vmid.rawValue)
        case .task(let upid): return .string(upid.description)
        case .nothingToWaitFor: return .null
        case .text(let text): return .string(text)
        case .snapshotName(let name): return .string(name.rawValue)
        case .integer(let number): return JSONValue(number)
        case .seconds(let number): return .number(number)
        case .flag(let flag): return .bool(flag)
        case .value(let value): return value
        case .options: throw .parameter(path, "must not be a table of options")
        }
    }

    static func options(
        _ value: PackedValue, _ parameters: [Parameter], path: String, type: ParameterType
    ) throws(Failure) -> Arguments {
        let pairs: [PackedValue.Pair]
        switch value {
        case .map(let found): pairs = found
        case .array(let elements) where elements.isEmpty: pairs = []
        default: throw .parameter(path, "must be \(type.description), not \(value.shortDescription)")
        }
        var result = Arguments()
        for pair in pairs {
            guard let parameter = parameters.first(where: { $0.name == pair.key }) else {
                let known = parameters.map(\.name)
                throw .parameter(
                    "\(path).\(TextExcerpt.of(pair.key))", "is not an option",
                    hint: Spelling.suggestion(for: pair.key, among: known)
                        ?? "the options are " + known.joined(separator: ", "))
            }
            if let argument = try check(pair.value, parameter, path: "\(path).\(parameter.name)") {
                result[parameter.name] = argument
            }
        }
        for parameter in parameters where parameter.isRequired && result[parameter.name] == nil {
            throw .parameter("\(path).\(parameter.name)", "is missing; it must be \(parameter.type.description)")
        }
        return result
    }

    private static func text(
        _ value: PackedValue, _ maximum: Int, lines: Bool, path: String
    ) throws(Failure) -> String {
        guard case .string(let bytes) = value else {
            throw .parameter(path, "must be a string, not \(value.shortDescription)")
        }
        guard bytes.count <= maximum else {
            throw .parameter(path, "must be at most \(maximum) bytes long, not \(bytes.count)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .parameter(path, "must be UTF-8")
        }
        let isClean = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7f || lines && ($0 == "\n" || $0 == "\t")
        }
        guard isClean else { throw .parameter(path, "must not hold control characters") }
        return text
    }
}
