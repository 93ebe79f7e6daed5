// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Wire

/// Makes the values of literals that a worker would make of them, with a mark for whatever is computed.
struct LiteralPacker {
    let outline: LuaOutline
    /// A value that only a run can tell.
    static let computed = PackedValue.unknown(0, "computed")

    /// The value of an expression, which stands at most as deep as the parser goes.
    func value(of id: LuaOutline.ID) -> PackedValue {
        let id = outline.resolved(id)
        switch outline[id].shape {
        case .nil: return .null
        case .literal(.boolean(let flag)): return .bool(flag)
        case .literal(.integer(let number)): return .integer(number)
        case .literal(.number(let number)): return .number(number)
        case .literal(.string(let bytes)): return .string(bytes)
        case .function: return .opaque("a function")
        case .table(let fields): return table(fields)
        default: return Self.computed
        }
    }

    private func table(_ fields: [LuaOutline.Field]) -> PackedValue {
        var elements: [PackedValue] = []
        var pairs: [PackedValue.Pair] = []
        for field in fields {
            let value = value(of: field.value)
            switch field.key {
            case .computed: return Self.computed
            case .position: elements.append(value)
            case .name(let word): if value != .null { pairs.append(.init(word.text, value)) }
            }
        }
        if let last = fields.last, case .position = last.key, outline.isSeveral(last.value) { return Self.computed }
        if pairs.isEmpty { return elements.contains(.null) ? Self.computed : .array(elements) }
        return elements.isEmpty ? .map(pairs) : Self.computed
    }

    /// Whether something in a value is only known to a run.
    static func isComputed(_ value: PackedValue) -> Bool {
        switch value {
        case .unknown: true
        case .array(let elements): elements.contains(where: isComputed)
        case .map(let pairs): pairs.contains { isComputed($0.value) }
        default: false
        }
    }
}
