// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// The form of the monitor's channels.
struct AlertChannelForm {
    let home: String

    private static let ways = ["stdout", "command", "webhook"]

    func channel(_ node: YAMLNode, rules: [String]) throws(YAMLError) -> AlertChannelConfiguration {
        let reader = try YAMLReader(
            node, of: "a channel",
            keys: Self.ways + ["id", "form", "token", "ca_file", "severity", "rules", "resolved", "timeout"])
        let idNode = try reader.required("id")
        let id = try idNode.text()
        guard !id.isEmpty, id.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }) else {
            throw idNode.error("a channel's name is made of letters, digits, `-`, `_` and `.`")
        }
        let present = Self.ways.filter { reader.optional($0) != nil }
        guard present.count == 1 else { throw node.error("a channel has exactly one of stdout, command and webhook") }
        if present != ["webhook"] {
            for key in ["form", "token", "ca_file"] {
                if let node = reader.optional(key) { throw node.error("`\(key)` goes with `webhook`") }
            }
        }
        var channel = AlertChannelConfiguration(id: id, way: try way(present.first ?? "", reader))
        channel.severity = try AlertSeverity.read(reader.optional("severity")) ?? .warning
        channel.rules = try Globs.rules(reader.optional("rules"), among: rules)
        channel.tellsResolved = try reader.optional("resolved")?.boolean() ?? true
        if let value = reader.optional("timeout") {
            channel.timeout = try Span.seconds(value, least: 1)
            guard channel.timeout <= 120 else { throw value.error("an alert must not take longer than 2m") }
        }
        return channel
    }

    private func way(_ name: String, _ reader: YAMLReader) throws(YAMLError) -> AlertChannelConfiguration.Way {
        let node = try reader.required(name)
        switch name {
        case "stdout":
            guard try node.boolean() else { throw node.error("write `stdout: true`, or leave the channel out") }
            return .stdout
        case "command":
            guard case .sequence = node.kind else {
                throw node.error("a command is a list, as it is run without a shell: [/usr/local/bin/page, --now]")
            }
            var words: [String] = []
            for word in try node.elements() {
                let text = try word.text()
                guard !text.utf8.contains(0) else { throw word.error("holds a zero byte") }
                words.append(text)
            }
            guard words.first?.isEmpty == false else { throw node.error("name the program to run") }
            return .command(words)
        default: return .webhook(try webhook(node, reader))
        }
    }

    private func webhook(_ node: YAMLNode, _ reader: YAMLReader) throws(YAMLError) -> WebhookConfiguration {
        let address: WebhookConfiguration.Address
        if case .mapping = node.kind {
            address = .secret(try source(node))
        } else {
            let text = try node.text()
            guard let url = WebhookAddress(text) else { throw node.error(WebhookAddress.expectation) }
            if url.isPlain, !url.isLoopback, reader.optional("token") != nil {
                throw node.error("a token is not sent without TLS; use https://")
            }
            address = .text(text)
        }
        let form =
            try reader.optional("form").map { (node) throws(YAMLError) in
                try node.word(of: WebhookConfiguration.Form.allCases.map(\.rawValue))
            }.flatMap(WebhookConfiguration.Form.init) ?? .json
        return WebhookConfiguration(
            address: address, form: form, token: try reader.optional("token").map(source),
            caFile: try reader.optional("ca_file").map { (node) throws(YAMLError) in
                Locations.expand(try node.text(), home: home)
            }, place: "\(node.file):\(node.line):\(node.column)")
    }

    private func source(_ node: YAMLNode) throws(YAMLError) -> SecretSource {
        let source = try AuthenticationForm.secret(node)
        guard source != .prompt else {
            throw node.error("nobody sits before a monitor: write { file: PATH }, { env: NAME } or { command: [...] }")
        }
        return source
    }
}
