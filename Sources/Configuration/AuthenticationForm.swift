// SPDX-License-Identifier: Apache-2.0
internal import YAML

/// How a cluster's `auth` is written.
enum AuthenticationForm {
    static func read(_ node: YAMLNode) throws(YAMLError) -> Authentication {
        let reader = try YAMLReader(
            node, of: "auth", keys: ["token_id", "token_secret", "user", "password", "totp"],
            explanations: ["token": "write token_id and token_secret"])
        for key in ["user", "password", "totp"] {
            guard let value = reader.optional(key) else { continue }
            if key == "user" { _ = try value.text() } else { _ = try secret(value) }
            throw value.error("`\(key)`: signing in with a password is not supported yet; use an API token")
        }
        let id = try reader.required("token_id")
        guard isTokenID(try id.text()) else {
            // The value is not repeated: somebody may have pasted the secret along with the id.
            let isPasted = try id.text().contains("=")
            throw id.error(
                "expected user@realm!name, such as automation@pve!runbooks"
                    + (isPasted ? "; what stands behind `=` is the secret and belongs under token_secret" : ""))
        }
        let source = try reader.required("token_secret")
        return .token(
            id: try id.text(), secret: try secret(source), place: "\(source.file):\(source.line):\(source.column)")
    }

    static func secret(_ node: YAMLNode) throws(YAMLError) -> SecretSource {
        if case .scalar = node.kind, !node.isNull {
            throw node.error(
                "a secret does not belong into the configuration; write { file: PATH }, { env: NAME } or { command: [...] }"
            )
        }
        let reader = try YAMLReader(node, of: "a secret", keys: ["file", "env", "command"])
        guard case .mapping(let members) = node.kind, members.count == 1 else {
            throw node.error("a secret has exactly one of file, env and command")
        }
        if let file = reader.optional("file") {
            let path = try file.text()
            guard path.hasPrefix("/") || path.hasPrefix("~/") else {
                throw file.error("expected a path that begins with / or ~/, found `\(path)`")
            }
            return .file(path)
        }
        if let name = reader.optional("env") {
            guard try !name.text().isEmpty, try !name.text().contains("=") else {
                throw name.error("expected the name of an environment variable")
            }
            return .environment(try name.text())
        }
        let command = try reader.required("command")
        var words: [String] = []
        for word in try command.elements() { words.append(try word.text()) }
        guard words.first?.isEmpty == false else { throw command.error("name the program to run") }
        return .command(words)
    }

    /// `user@realm!name` in printable ASCII without spaces, as it goes into a header.
    private static func isTokenID(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return false }
        let parts = text.split(separator: "!", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count >= 2, !parts[1].contains("="), !parts[1].contains("@") else {
            return false
        }
        let user = parts[0].split(separator: "@", omittingEmptySubsequences: false)
        return user.count >= 2 && user.allSatisfy { !$0.isEmpty }
    }
}
