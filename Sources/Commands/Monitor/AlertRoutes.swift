// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Monitor
internal import Proxmox

/// A channel, and which events it is told of.
struct AlertRoute: Sendable {
    var id: String
    var severity = AlertSeverity.warning
    var rules: [Glob] = []
    var tellsResolved = true
    var channel: any AlertChannel

    func takes(_ event: AlertEvent) -> Bool {
        event.alert.severity >= severity && (tellsResolved || event.kind != .resolved)
            && (rules.isEmpty || rules.contains { $0.matches(event.alert.rule) })
    }
}

/// Makes channels of what the configuration says; secrets are fetched now, so that what is wrong with them is told at once.
struct AlertRoutes {
    let context: CommandContext
    let lines: LineChannel

    func make(_ channels: [AlertChannelConfiguration]) throws(Failure) -> [AlertRoute] {
        guard !channels.isEmpty else { return [AlertRoute(id: "stdout", channel: lines)] }
        var routes: [AlertRoute] = []
        for channel in channels {
            routes.append(
                AlertRoute(
                    id: channel.id, severity: channel.severity, rules: channel.rules,
                    tellsResolved: channel.tellsResolved, channel: try make(channel)))
        }
        return routes
    }

    private func make(_ channel: AlertChannelConfiguration) throws(Failure) -> any AlertChannel {
        switch channel.way {
        case .stdout: return lines
        case .command(let words):
            let path = words.first.map { Locations.expand($0, home: context.home) } ?? ""
            if path.contains("/") { try FileContent.checkProgram(path) }
            return CommandChannel(
                words: [path] + words.dropFirst(), environment: context.environment, timeout: channel.timeout)
        case .webhook(let webhook): return try make(webhook, timeout: .seconds(channel.timeout))
        }
    }

    private func make(_ webhook: WebhookConfiguration, timeout: Duration) throws(Failure) -> WebhookChannel {
        let token = try webhook.token.map { (source) throws(Failure) in
            try ConfiguredCredential.fetch(source, context, webhook.place)
        }
        let text =
            switch webhook.address {
            case .text(let text): text
            case .secret(let source):
                try ConfiguredCredential.fetch(source, context, webhook.place).reveal {
                    String(decoding: $0, as: UTF8.self)
                }
            }
        guard let address = WebhookAddress(text), let endpoint = HTTPEndpoint(host: address.host, port: address.port)
        else { throw Failure(.config, "\(webhook.place): \(WebhookAddress.expectation)") }
        if address.isPlain, !address.isLoopback, token != nil {
            throw Failure(.config, "\(webhook.place): a token is not sent without TLS; use https://")
        }
        let (form, target) = try form(webhook, address)
        let trust = webhook.caFile.map { ServerTrust.authority(file: $0) } ?? .system
        let settings = CurlSettings(
            trust: trust, connectTimeout: min(timeout, .seconds(5)), stallTimeout: timeout, maximumConnections: 1,
            maximumBody: 64 << 10, userAgent: "pvelua/\(PveluaVersion.text)", usesTLS: !address.isPlain)
        return WebhookChannel(
            CurlTransport(endpoint, settings: settings), host: endpoint.description, target: target, form: form,
            token: token, timeout: timeout)
    }

    private func form(
        _ webhook: WebhookConfiguration, _ address: WebhookAddress
    ) throws(Failure) -> (WebhookForm, String) {
        switch webhook.form {
        case .json: return (.json, address.target)
        case .alertmanager:
            let path = "/api/v2/alerts"
            if address.target.hasSuffix(path) { return (.alertmanager, address.target) }
            let base = address.target.hasSuffix("/") ? String(address.target.dropLast()) : address.target
            return (.alertmanager, base + path)
        case .ntfy:
            let slash = address.target.lastIndex(of: "/") ?? address.target.startIndex
            let topic = address.target[address.target.index(after: slash)...]
            let isTopic = topic.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x2d || $0 == 0x5f }
            guard !topic.isEmpty, topic.utf8.count <= 64, isTopic else {
                throw Failure(
                    .config, "\(webhook.place): the address of ntfy ends in its topic: https://ntfy.sh/my-topic")
            }
            return (.ntfy(topic: String(topic)), String(address.target[...slash]))
        }
    }
}
