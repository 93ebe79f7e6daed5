// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Secrets

/// Which inputs are kept on disk, and where.
enum ReplHistory {
    private static let words = [
        "password", "passwd", "secret", "token", "cipassword", "api_key", "apikey", "credential",
    ]

    /// The file of a cluster.
    static func file(_ cluster: String, in locations: Locations) -> String {
        locations.history + "-" + FileName.escaped(cluster)
    }

    /// Whether an input may be written down: it holds no secret that is known, and gives no literal to a name that sounds
    /// like one.
    static func mayKeep(_ text: String, _ secrets: SecretBook) -> Bool {
        guard secrets.scrub(text) == text else { return false }
        let lower = text.lowercased()
        for word in words {
            for range in lower.ranges(of: word) {
                // Up to the sign that gives it a value: `token_secret = "…"`, `["password"] = '…'`, `password: …`.
                let rest = lower[range.upperBound...].drop {
                    $0.isLetter || $0 == "_" || $0 == "\"" || $0 == "'" || $0 == "]"
                }
                .drop { $0 == " " }
                guard let sign = rest.first, sign == "=" || sign == ":" else { continue }
                let value = rest.dropFirst().drop { $0 == " " }
                if let first = value.first, first != "=" { return false }
            }
        }
        return true
    }
}
