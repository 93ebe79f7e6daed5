// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// How a cluster's `auth` is written.
enum AuthenticationForm {
    static func read(_ node: YAMLNode) throws(YAMLError) -> Authentication {
        let reader = try YAMLReader(
            node, of: "auth", keys: tokenKeys + loginKeys,
            explanations: [
                "token": "write token_id and token_secret", "username": "write user", "realm": "write user: name@realm",
                "otp": "write totp",
            ])
        let token = tokenKeys.compactMap { reader.optional($0) }.first
        let login = loginKeys.compactMap { key in reader.optional(key).map { (key, $0) } }.first
        if token != nil, let login {
            throw login.1.error(
                "`\(login.0)`: a cluster has either a token (token_id, token_secret) or a user (user, password, totp), not both"
            )
        }
        return login == nil ? try self.token(reader) : try self.login(reader)
    }

    private static let tokenKeys = ["token_id", "token_secret"]
    private static let loginKeys = ["user", "password", "totp"]

    private static func token(_ reader: YAMLReader) throws(YAMLError) -> Authentication {
        let id = try reader.required("token_id")
        guard AccountName.isToken(try id.text()) else {
            // The value is not repeated: somebody may have pasted the secret along with the id.
            let isPasted = try id.text().contains("=")
            throw id.error(
                "expected user@realm!name, such as automation@pve!runbooks"
                    + (isPasted ? "; what stands behind `=` is the secret and belongs under token_secret" : ""))
        }
        let source = try reader.required("token_secret")
        let secret = try secret(source)
        guard secret != .prompt else {
            throw source.error(
                "nobody types a token's secret: write { file: PATH }, { env: NAME } or { command: [...] }")
        }
        return .token(id: try id.text(), secret: secret, place: place(source))
    }

    private static func login(_ reader: YAMLReader) throws(YAMLError) -> Authentication {
        let user = try reader.required("user")
        let name = try user.text()
        guard AccountName.isUser(name) else {
            let isToken = name.contains("!")
            throw user.error(
                "expected name@realm, such as root@pam or alice@pve"
                    + (isToken ? "; this is a token, which belongs under token_id" : ""))
        }
        let password = try reader.required("password")
        let totp = reader.optional("totp")
        return .login(
            user: name, password: try secret(password),
            totp: try totp.map { (node) throws(YAMLError) in try secret(node) }, place: place(password))
    }

    private static func place(_ node: YAMLNode) -> String { "\(node.file):\(node.line):\(node.column)" }

    static func secret(_ node: YAMLNode) throws(YAMLError) -> SecretSource {
        if case .scalar(let text, quoted: let isQuoted) = node.kind, !node.isNull {
            if text == "prompt", !isQuoted { return .prompt }
            throw node.error(
                "a secret does not belong into the configuration; write { file: PATH }, { env: NAME }, { command: [...] } or prompt"
            )
        }
        let reader = try YAMLReader(node, of: "a secret", keys: ["file", "env", "command", "prompt"])
        guard case .mapping(let members) = node.kind, members.count == 1 else {
            throw node.error("a secret has exactly one of file, env, command and prompt")
        }
        if let prompt = reader.optional("prompt") {
            guard try prompt.boolean() else { throw prompt.error("write prompt: true, or name another source") }
            return .prompt
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
}
