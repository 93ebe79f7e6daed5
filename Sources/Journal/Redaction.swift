// SPDX-License-Identifier: Apache-2.0
public import JSON

/// Takes secrets out of what is written down.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"

    /// Names whose values are secrets, in lower case; any name that contains one of these.
    private static let parts = [
        "password", "secret", "passphrase", "private", "token", "otp", "ticket", "credential", "keyring",
    ]
    /// How names end whose values are secrets: the encryption key of a backup storage, `client-key` of a realm,
    /// `eab-hmac-key`, `corosync_authkey`.
    private static let endings = ["-key", "_key", "authkey"]
    /// Names whose values are secrets although nothing in them says so.
    private static let names: Set<String> = ["sshkeys", "ssh-public-keys", "key", "keys", "apikey", "api-key"]

    /// Whether a parameter of that name holds a secret.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains(name) || parts.contains { name.contains($0) } || endings.contains { name.hasSuffix($0) }
    }

    /// The value with every secret member, at any depth, replaced by ``mark``.
    public static func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key, isSecret($0.key) ? .string(mark) : redacted($0.value)) }))
        case .array(let elements): .array(elements.map(redacted))
        default: value
        }
    }
}
