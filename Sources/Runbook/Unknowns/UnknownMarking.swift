// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Plan
internal import Wire

/// Where an answer comes from.
struct UnknownOrigin {
    let operation: Operation
    /// All texts among the arguments: what the script has given itself is no news to it.
    let given: Set<String>
    /// The number of the change in the plan.
    let planned: Int?
    let place: String?

    static func texts(of values: [PackedValue]) -> Set<String> {
        var result: Set<String> = []
        for value in values {
            switch value {
            case .string: result.formUnion(value.text.map { [$0] } ?? [])
            case .array(let elements): result.formUnion(texts(of: elements))
            case .map(let pairs): result.formUnion(texts(of: pairs.map(\.value)))
            default: break
            }
        }
        return result
    }
}

/// Puts marks into one answer.
struct UnknownMarking {
    let key: String
    let origin: UnknownOrigin
    var state: UnknownBook.State

    /// A shorter name could be anybody's.
    private static let shortestName = 8

    mutating func marked(_ answer: JSONValue) -> JSONValue {
        let isChange = origin.operation.reach == .change && answer["changed"] != .bool(false)
        defer { if isChange { state.hasChanged = true } }
        var answer = answer
        if isChange || origin.operation.reach == .read {
            let applicable = origin.operation.unpredictable.filter { field in
                (!field.onlyAfterChange || state.hasChanged)
                    && (field.argument.map { part in origin.given.contains { $0.contains(part) } } ?? true)
            }
            if applicable.contains(where: { $0.field == nil }) { return mark(answer, nil, isName: false) }
            answer = declared(answer, applicable, isChange: isChange)
        }
        return recognized(answer)
    }

    // MARK: - What the operation declares

    private mutating func declared(_ answer: JSONValue, _ fields: [Unpredictable], isChange: Bool) -> JSONValue {
        switch answer {
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements { result.append(declared(element, fields, isChange: isChange)) }
            return .array(result)
        case .object(var object):
            var marks: [String: Int] = [:]
            var names: [(String, Int)] = []
            for member in object.members {
                let isTask = isChange && member.key == "upid"
                guard isTask || fields.contains(where: { $0.field == member.key }), member.value != .null else {
                    continue
                }
                let isName = isTask || fields.contains { $0.field == member.key && $0.use == .name }
                if let text = member.value.string, isName, origin.given.contains(text) { continue }
                object[member.key] = mark(member.value, member.key, isName: isName)
                marks[member.key] = state.entries.count
                if let text = member.value.string, isName, text.utf8.count >= Self.shortestName {
                    names.append((text, state.entries.count))
                }
            }
            for (name, id) in names { state.invented.append((name, id, isTaskName(name) ? [:] : marks)) }
            return .object(object)
        default: return answer
        }
    }

    private func isTaskName(_ name: String) -> Bool { name.hasPrefix("UPID:") }

    private mutating func mark(_ guess: JSONValue, _ field: String?, isName: Bool) -> JSONValue {
        let what = "\(field ?? "answer") of \(origin.operation.name)"
        state.entries.append(
            UnknownBook.Entry(what: what, guess: guess, name: isName ? field : nil, operation: origin.planned))
        let met = PlannedUnknown(what: what, place: origin.place)
        if !state.met.contains(met) { state.met.append(met) }
        return token(state.entries.count)
    }

    /// What the worker is sent in the place of a value.
    private func token(_ id: Int) -> JSONValue {
        let entry = state.entries[id - 1]
        let isSolid: Bool
        let isRecord: Bool
        switch entry.guess {
        case .null, .bool: (isSolid, isRecord) = (false, false)
        case .array, .object: (isSolid, isRecord) = (true, true)
        default: (isSolid, isRecord) = (true, false)
        }
        return .object(
            JSONObject([
                (key, .array([JSONValue(id), .string(entry.what), .bool(isSolid), .bool(isRecord)]))
            ]))
    }

    // MARK: - What the simulator made up earlier

    private mutating func recognized(_ value: JSONValue) -> JSONValue {
        guard !state.invented.isEmpty else { return value }
        switch value {
        case .string(let text): return recognized(text) ?? value
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements { result.append(recognized(element)) }
            return .array(result)
        case .object(var object):
            if object.keys == [key] { return value }
            let fields = state.invented.first { made in
                object.members.contains { $0.value.string == made.name }
            }?.fields
            for member in object.members {
                if let id = fields?[member.key], member.value.object?.keys != [key] {
                    object[member.key] = again(id, member.value)
                } else {
                    object[member.key] = recognized(member.value)
                }
            }
            return .object(object)
        default: return value
        }
    }

    private mutating func recognized(_ text: String) -> JSONValue? {
        guard let made = state.invented.first(where: { text.contains($0.name) }), !origin.given.contains(text) else {
            return nil
        }
        return again(made.id, .string(text))
    }

    /// The same value once more, or one that was made of it.
    private mutating func again(_ id: Int, _ value: JSONValue) -> JSONValue {
        var entry = state.entries[id - 1]
        if entry.guess == value { return token(id) }
        guard value != .null else { return value }
        entry.guess = value
        entry.name = nil
        state.entries.append(entry)
        return token(state.entries.count)
    }
}
