// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal

extension JSONValue {
    /// Whether something in it may not be kept; stars that the server itself has put in a secret's place may.
    var holdsSecret: Bool {
        let plain = withoutStars
        return Redaction.redacted(plain) != plain
    }

    private var withoutStars: JSONValue {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.compactMap { member in
                        let isStars =
                            member.value.string.map { !$0.isEmpty && $0.utf8.allSatisfy { $0 == 0x2A } } ?? false
                        return isStars && Redaction.isSecret(member.key) ? nil : (member.key, member.value.withoutStars)
                    }))
        case .array(let elements): .array(elements.map(\.withoutStars))
        default: self
        }
    }
}
