// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
internal import Secrets

/// What is written of an event: without secrets, and with the hash and the size of a long text in its place, so that the audit
/// does not hold a second time what the journal holds.
enum AuditText {
    /// The longest text that stands in full, in bytes.
    static let longestText = 256
    /// The longest parameters or outcome that stand in full, in bytes of JSON.
    static let longestValue = 2048

    /// The text of an event's body.
    static func body(of event: AuditEvent, without secrets: SecretBook = SecretBook()) -> String {
        let body = secrets.scrub(Redaction.redacted(event.body))
        // A signature is of use in full only.
        guard event.kind != .checkpoint else { return body.text }
        guard let members = body.object?.members else { return abridged(body).text }
        return JSONValue.object(JSONObject(members.map { ($0.key, abridged($0.value)) })).text
    }

    /// A value as it stands in a body.
    static func abridged(_ value: JSONValue) -> JSONValue {
        let result = withoutLongTexts(value)
        if case .string = value { return result }
        return result.text.utf8.count > longestValue ? named(value.text) : result
    }

    private static func withoutLongTexts(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): text.utf8.count > longestText ? named(text) : value
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.key, withoutLongTexts($0.value)) }))
        case .array(let elements): .array(elements.map(withoutLongTexts))
        default: value
        }
    }

    private static func named(_ text: String) -> JSONValue {
        let bytes = Array(text.utf8)
        return ["sha256": .string(ContentHash.sha256(bytes)), "size": JSONValue(bytes.count)]
    }
}
