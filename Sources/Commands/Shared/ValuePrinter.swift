// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook

/// Writes what a script returned: plain text for people and pipes, or JSON.
struct ValuePrinter {
    let format: OutputFormat

    /// The bytes for standard output, ending in a line end; nothing where nothing was returned.
    func bytes(_ values: [ScriptValue]) -> [UInt8] {
        switch format {
        case .json:
            guard !values.isEmpty else { return [] }
            let json = values.count == 1 ? values[0].json : .array(values.map(\.json))
            return json.encoded() + [0x0a]
        case .text:
            guard values.contains(where: { !$0.isNil }) else { return [] }
            return Array(values.map(text).joined(separator: [0x09])) + [0x0a]
        }
    }

    private func text(_ value: ScriptValue) -> [UInt8] {
        if let bytes = value.bytes { return bytes }
        if value.isNil { return Array("nil".utf8) }
        if let number = value.float { return Array(LuaText.float(number).utf8) }
        switch value.json {
        case .string(let text): return Array(text.utf8)
        case .array, .object: return Array(LuaText.literal(value.json, indent: 0).utf8)
        case let simple: return Array(simple.text.utf8)
        }
    }
}

/// Values in Lua's own notation.
enum LuaText {
    /// A float as Lua prints it: `1.0`, `0.1`, `1e+100`, `inf`, `nan`.
    static func float(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        return String(number)
    }

    /// A value as a table constructor; what fits a line stands on one.
    static func literal(_ value: JSONValue, indent: Int) -> String {
        switch value {
        case .null: return "nil"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .number(let number): return float(number)
        case .string(let text): return quoted(text)
        case .array(let elements): return braces(elements.map { literal($0, indent: indent + 1) }, indent)
        case .object(let object):
            let members = object.members.sorted { $0.key < $1.key }
            return braces(members.map { key($0.key) + " = " + literal($0.value, indent: indent + 1) }, indent)
        }
    }

    private static func braces(_ parts: [String], _ indent: Int) -> String {
        if parts.isEmpty { return "{}" }
        let line = "{ " + parts.joined(separator: ", ") + " }"
        if line.count + indent * 2 <= 100, !line.contains("\n") { return line }
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        return "{\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n" + outer + "}"
    }

    private static func key(_ name: String) -> String {
        let isPlain =
            (name.utf8.first.map { !$0.isASCIIDigit } ?? false)
            && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
        return isPlain ? name : "[\(quoted(name))]"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case let control where control.value < 0x20 || control.value == 0x7f: result += "\\\(control.value)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
