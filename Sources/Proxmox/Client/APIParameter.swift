// SPDX-License-Identifier: Apache-2.0
package import JSON

/// The value of one parameter of an API call.
public enum APIParameter: Hashable, Sendable {
    /// Sent as it is.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction; it must be finite.
    case number(Double)
    /// Sent as 1 or 0: the words `true` and `yes` are refused by Proxmox.
    case boolean(Bool)
    /// A real array; formats that end in `-list` are one `text` with commas instead.
    case list([APIParameter])

    /// The value as a member of a JSON body.
    package var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .integer(let number): JSONValue(number)
        case .number(let number): .number(number)
        case .boolean(let flag): .integer(flag ? 1 : 0)
        case .list(let elements): .array(elements.map(\.json))
        }
    }

    /// The value as the texts of a query, one for each element of a list.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .integer(let number): [String(number)]
        case .number(let number): [JSONValue.number(number).text]
        case .boolean(let flag): [flag ? "1" : "0"]
        case .list(let elements): elements.flatMap(\.texts)
        }
    }

    /// Whether the value can be written: no NaN, no infinity, no list in a list.
    var isSendable: Bool {
        switch self {
        case .number(let number): number.isFinite
        case .list(let elements):
            elements.allSatisfy { element in
                if case .list = element { false } else { element.isSendable }
            }
        default: true
        }
    }
}
