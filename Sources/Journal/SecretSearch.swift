// SPDX-License-Identifier: Apache-2.0
public import JSON

/// Whether something in a value may not be kept, found in one pass; stars that the server itself has put in a secret's place may.
///
/// Every answer is looked through, and the records of a list have the same members, so what was found of a name is kept.
public struct SecretSearch {
    private var names: [String: Bool] = [:]

    /// Begins a search.
    public init() {}

    /// Whether there is a secret in the value.
    public mutating func finds(in value: JSONValue) -> Bool {
        switch value {
        case .object(let object):
            for member in object.members {
                if isSecret(member.key) {
                    if !Self.isHidden(member.value) { return true }
                } else if finds(in: member.value) {
                    return true
                }
            }
            return false
        case .array(let elements):
            for element in elements where finds(in: element) { return true }
            return false
        case .string(let text): return Redaction.redacted(text) != text
        default: return false
        }
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
