// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Wire

extension PackedValue {
    /// The whole number, from an integer or a float without fraction; nil for NaN, infinity and what Int cannot hold.
    var wholeNumber: Int? {
        switch self {
        case .integer(let number): Int(exactly: number)
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    /// The number, whole or not.
    var anyNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// What this is, short enough for an error message: `nil`, `"x"`, `3.5`, `a table`, `a function`.
    var shortDescription: String {
        switch self {
        case .null: "nil"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): number.isNaN ? "nan" : String(number)
        case .string(let bytes): "\"\(TextExcerpt.of(bytes))\""
        case .array(let elements): elements.isEmpty ? "an empty table" : "a list"
        case .map(let pairs): pairs.isEmpty ? "an empty table" : "a table"
        case .opaque(let description): description
        case .unknown(_, let what): "a value that is not known yet (\(TextExcerpt.of(what)))"
        }
    }

    /// The value as JSON; what cannot travel is a `parameter` error that names where it stands.
    func json(path: String) throws(Failure) -> JSONValue {
        switch self {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .integer(number)
        case .number(let number):
            guard number.isFinite else { throw .parameter(path, "must be a finite number, not \(shortDescription)") }
            return .number(number)
        case .string(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .parameter(path, "must be UTF-8") }
            return .string(text)
        case .array(let elements):
            var result: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                result.append(try element.json(path: "\(path)[\(index + 1)]"))
            }
            return .array(result)
        case .map(let pairs):
            var members: [(String, JSONValue)] = []
            for pair in pairs {
                members.append((pair.key, try pair.value.json(path: "\(path).\(TextExcerpt.of(pair.key))")))
            }
            return .object(JSONObject(members))
        case .unknown: throw .parameter(path, "cannot be \(shortDescription)")
        case .opaque(let description): throw .parameter(path, "cannot leave the script: it is \(description)")
        }
    }
}

/// Text of unknown origin, cut and escaped so that it can stand in an error message.
enum TextExcerpt {
    static func of(_ bytes: [UInt8]) -> String { of(String(decoding: bytes.prefix(200), as: UTF8.self)) }

    static func of(_ text: String, most: Int = 40) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(most) {
            let isPlain = scalar.value >= 0x20 && scalar.value < 0x7f || scalar.properties.isAlphabetic
            result += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return text.unicodeScalars.count > most ? result + "…" : result
    }
}
