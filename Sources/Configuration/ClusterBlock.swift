// SPDX-License-Identifier: Apache-2.0

/// A cluster as lines of YAML, the first one at the margin.
struct ClusterBlock {
    let lines: [String]

    init(_ cluster: ConfigurationEditor.NewCluster) {
        var lines = ["\(Self.quoted(cluster.name)):"]
        if case .local(let program) = cluster.auth {
            self.lines = lines + ["  hosts: [\(HostForm.local)]", "  pvesh: \(Self.quoted(program))"]
            return
        }
        lines.append("  hosts: [\(cluster.hosts.map { Self.quoted($0.description) }.joined(separator: ", "))]")
        lines.append("  auth:")
        switch cluster.auth {
        case .token(let id, let secret, _):
            lines.append("    token_id: \(Self.quoted(id))")
            lines.append("    token_secret: \(Self.source(secret))")
        case .login(let user, let password, let totp, _):
            lines.append("    user: \(Self.quoted(user))")
            lines.append("    password: \(Self.source(password))")
            if let totp { lines.append("    totp: \(Self.source(totp))") }
        case .local: break
        }
        if cluster.tls.caFile != nil || !cluster.tls.fingerprints.isEmpty {
            lines.append("  tls:")
            if let file = cluster.tls.caFile { lines.append("    ca_file: \(Self.quoted(file))") }
            if !cluster.tls.fingerprints.isEmpty {
                lines.append("    fingerprints:")
                lines += cluster.tls.fingerprints.map { "      - \(Self.quoted($0))" }
            }
        }
        self.lines = lines
    }

    private static func source(_ source: SecretSource) -> String {
        switch source {
        case .file(let path): "{ file: \(quoted(path)) }"
        case .environment(let name): "{ env: \(quoted(name)) }"
        case .command(let words): "{ command: [\(words.map(quoted).joined(separator: ", "))] }"
        case .prompt: "prompt"
        }
    }

    /// A text as a double-quoted scalar, which can hold anything; plain where nobody could read it as something else.
    static func quoted(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a } == true
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || "._-@".utf8.contains(byte)
            }
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "prompt"]
        if isPlain, !words.contains(text.lowercased()) { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + String(repeating: "0", count: 2 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
