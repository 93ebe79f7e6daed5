// SPDX-License-Identifier: Apache-2.0
public import JSON

/// Whether something in a value may not be kept, found in one pass; stars that the server itself has put in a secret's place may.
///
/// Every answer is looked through, and the records of a list have the same members, so what was found of a name is kept.
public struct SecretSearch {
    private var names: [String: Bool] = [:]
    /// Which members are secret; empty where none is.
    private var marks = NameMemo<[Bool]>()

    /// Begins a search.
    public init() {}

    /// Whether there is a secret in the value.
    public mutating func finds(in value: JSONValue) -> Bool {
        switch value {
        case .object(let object):
            let marks = marks[object] ?? marked(object)
            for (index, value) in object.values.enumerated() {
                if marks.isEmpty || !marks[index] {
                    if finds(in: value) { return true }
                } else if !Self.isHidden(value) {
                    return true
                }
            }
            return false
        case .array(let elements):
            for element in elements where finds(in: element) { return true }
            return false
        case .string(let text): return Redaction.mayHoldSecret(text) && Redaction.redacted(text) != text
        default: return false
        }
    }

    private mutating func marked(_ object: JSONObject) -> [Bool] {
        var found = object.keys.map { isSecret($0) }
        if !found.contains(true) { found = [] }
        marks[object] = found
        return found
    }

    private mutating func isSecret(_ name: String) -> Bool {
        if let known = names[name] { return known }
        let isSecret = Redaction.isSecret(name)
        names[name] = isSecret
        return isSecret
    }

    /// Stars, or our own mark.
    private static func isHidden(_ value: JSONValue) -> Bool {
        guard let text = value.string else { return false }
        return text == Redaction.mark || !text.isEmpty && text.utf8.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
