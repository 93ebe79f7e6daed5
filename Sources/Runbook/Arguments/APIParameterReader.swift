// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Wire

/// Reads the table of parameters that a script hands to `pve.api`.
enum APIParameterReader {
    /// Checks names and values; each value is text, a number, a boolean or a list of those.
    static func read(_ value: PackedValue, path: String) throws(Failure) -> JSONValue {
        guard case .object(let object) = try value.json(path: path) else {
            if case .array(let elements) = value, elements.isEmpty { return .object(JSONObject()) }
            if case .map(let pairs) = value, pairs.isEmpty { return .object(JSONObject()) }
            throw .parameter(path, "must be a table of API parameters, not \(value.shortDescription)")
        }
        for member in object.members {
            let name = member.key
            let isPlain =
                !name.isEmpty && name.utf8.count <= 64
                && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
            guard isPlain else { throw .parameter("\(path).\(TextExcerpt.of(name))", "is no parameter name") }
            let isSimple =
                switch member.value {
                case .array(let elements): elements.allSatisfy { $0.array == nil && $0.object == nil }
                case .object: false
                case .string(let text):
                    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f || $0 == "\n" || $0 == "\t" }
                default: true
                }
            guard isSimple else {
                throw .parameter(
                    "\(path).\(name)", "must be text without control characters, a number, a boolean or a list of those"
                )
            }
        }
        return .object(object)
    }

    /// The checked table as parameters of a call, in the order of their names: Lua tables have none of their own.
    static func parameters(_ table: JSONValue?) -> [(name: String, value: APIParameter)] {
        let members = table?.object?.members ?? []
        return members.sorted { $0.key < $1.key }.compactMap { member in
            parameter(member.value).map { (name: member.key, value: $0) }
        }
    }

    private static func parameter(_ value: JSONValue) -> APIParameter? {
        switch value {
        case .bool(let flag): .boolean(flag)
        case .integer(let number): Int(exactly: number).map(APIParameter.integer)
        case .number(let number): .number(number)
        case .string(let text): .text(text)
        case .array(let elements): .list(elements.compactMap(parameter))
        case .null, .object: nil
        }
    }
}
