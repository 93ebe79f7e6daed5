// SPDX-License-Identifier: Apache-2.0

/// One JSON value; whole numbers stay apart from fractions, and an object keeps the order of its members.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A text.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members by name.
    case object(JSONObject)
}

extension JSONValue {
    /// The member of that name, or nil where this is no object or has none.
    public subscript(_ key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The elements, or nil where this is no array.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The object, or nil where this is none.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The text, or nil where this is no string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// Whether this is JSON's `null`.
    public var isNull: Bool { if case .null = self { true } else { false } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes a whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes a number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Makes an array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Makes an object whose members stand in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
    /// Makes a null.
    public init(nilLiteral: ()) { self = .null }

    /// Makes a whole number from a Swift integer.
    public init(_ value: Int) { self = .integer(Int64(value)) }
    /// Makes a string, or null from nil.
    public init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
}
