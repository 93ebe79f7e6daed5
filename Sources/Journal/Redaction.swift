// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Secrets

/// Takes out of what is written down what is secret by its name, whatever its value.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = SecretBook.mark

    /// Names whose values are secrets, in lower case; any name that contains one of these.
    private static let parts = bytes(
        "password", "passwd", "secret", "passphrase", "private", "token", "ticket", "credential", "keyring",
        "authcookie")
    /// How names end whose values are secrets: the encryption key of a backup storage, `client-key` of a realm,
    /// `eab-hmac-key`, `corosync_authkey`.
    private static let endings = bytes("-key", "_key", "authkey")
    /// Names whose values are secrets although nothing in them says so; `tfa-challenge` is a ticket.
    private static let names = Set(
        bytes(
            "sshkeys", "ssh-public-keys", "key", "keys", "apikey", "api-key", "otp", "totp", "tfa-challenge",
            "authorization", "cookie", "recovery"))
    /// Names that look like a secret's and are none: who a token is, which tokens there are, whether a password is made.
    private static let readable = Set(
        bytes("tokenids", "token_ids", "tokens", "tokenname", "token_name", "token-name", "generate-password"))
    /// How names of who a token is end, such as `full-tokenid`.
    private static let readableEndings = bytes("tokenid", "token_id", "token-id")

    private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    /// Whether a parameter of that name holds a secret.
    ///
    /// Every member of every answer is asked about, so this looks at bytes: searching a `String` takes a thousand times as long.
    public static func isSecret(_ name: String) -> Bool {
        let name = Array(name.lowercased().utf8)
        if readable.contains(name) || readableEndings.contains(where: { name.reversed().starts(with: $0.reversed()) }) {
            return false
        }
        return names.contains(name) || parts.contains { holds(name, $0) }
            || endings.contains { name.reversed().starts(with: $0.reversed()) }
    }

    private static func holds(_ name: [UInt8], _ part: [UInt8]) -> Bool {
        guard name.count >= part.count else { return false }
        return (0...name.count - part.count).contains { name[$0...].starts(with: part) }
    }

    /// The value with every secret member, at any depth, replaced by ``mark``; in texts what follows `password=` and the like,
    /// and the password of an address.
    public static func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key, isSecret($0.key) ? .string(mark) : redacted($0.value)) }))
        case .array(let elements): .array(elements.map(redacted))
        case .string(let text): .string(redacted(text))
        default: value
        }
    }

    /// The text without what follows `password=` and the like, and without the password of an address.
    public static func redacted(_ text: String) -> String {
        guard mayHoldSecret(text) else { return text }
        var bytes = Array(text.utf8)
        var found = false
        var index = bytes.count - 1
        // From the end on, so that what is replaced moves nothing that is still to be looked at.
        while index >= 0 {
            let value: Range<Int>? =
                switch bytes[index] {
                case UInt8(ascii: "="): assigned(at: index, in: bytes)
                case UInt8(ascii: ":"): passwordOfAddress(at: index, in: bytes)
                default: nil
                }
            if let value, !isHidden(bytes[value]) {
                bytes.replaceSubrange(value, with: mark.utf8)
                found = true
            }
            index -= 1
        }
        return found ? String(decoding: bytes, as: UTF8.self) : text
    }

    /// Whether there is anything in a text that a secret could stand behind or before; asked of every text of every answer.
    static func mayHoldSecret(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { $0.contains { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "@") } }
    }

    /// The value behind a `=` that a secret's name stands before, up to what ends it in a list of properties or in an address.
    private static func assigned(at sign: Int, in bytes: [UInt8]) -> Range<Int>? {
        var start = sign
        while start > 0, isOfName(bytes[start - 1]) { start -= 1 }
        guard start < sign, isSecret(String(decoding: bytes[start..<sign], as: UTF8.self)) else { return nil }
        var first = sign + 1
        var ends = ",;&\"'"
        if first < bytes.count, bytes[first] == UInt8(ascii: "\"") || bytes[first] == UInt8(ascii: "'") {
            ends = bytes[first] == UInt8(ascii: "'") ? "'" : "\""
            first += 1
        }
        let isQuoted = first > sign + 1
        let end = bytes[first...].firstIndex { !isQuoted && $0 <= 0x20 || ends.utf8.contains($0) } ?? bytes.count
        return first < end ? first..<end : nil
    }

    /// The password in `scheme://user:password@host`, going by the first colon.
    private static func passwordOfAddress(at colon: Int, in bytes: [UInt8]) -> Range<Int>? {
        guard bytes[colon...].starts(with: "://".utf8) else { return nil }
        let start = colon + 3
        let end = bytes[start...].firstIndex { $0 <= 0x20 || "/?#\"'".utf8.contains($0) } ?? bytes.count
        guard let host = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")),
            let user = bytes[start..<host].firstIndex(of: UInt8(ascii: ":")), user + 1 < host
        else { return nil }
        return user + 1..<host
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x2d || byte == 0x5f
    }

    /// Stars that the server has put there, and our own mark, stay as they are.
    private static func isHidden(_ value: ArraySlice<UInt8>) -> Bool {
        value.allSatisfy { $0 == UInt8(ascii: "*") } || value.elementsEqual(mark.utf8)
    }
}
