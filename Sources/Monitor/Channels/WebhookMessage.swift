// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// How an event is written for a server.
public enum WebhookForm: Hashable, Sendable {
    /// As pvelua's own JSON.
    case json
    /// As a message of ntfy for a topic, by its JSON interface: nothing of the cluster's words becomes a header field.
    case ntfy(topic: String)
    /// As an alert of Prometheus' Alertmanager, API v2.
    case alertmanager

    /// The body of the request.
    func body(_ event: AlertEvent) -> JSONValue {
        switch self {
        case .json: event.json
        case .ntfy(let topic): Self.ntfy(event, topic: topic)
        case .alertmanager: .array([Self.alertmanager(event)])
        }
    }

    private static func ntfy(_ event: AlertEvent, topic: String) -> JSONValue {
        let alert = event.alert
        let tag =
            switch (event.kind, alert.severity) {
            case (.resolved, _): "white_check_mark"
            case (.test, _): "test_tube"
            case (_, .critical): "rotating_light"
            case (_, .warning): "warning"
            }
        let isUrgent = alert.severity == .critical && event.kind != .resolved
        return [
            "topic": .string(topic), "title": .string("\(event.cluster): \(event.headline)"),
            "message": .string("\(alert.text)\n\(alert.advice)"), "priority": isUrgent ? 5 : 3,
            "tags": [.string(tag), .string(event.cluster), .string(alert.rule)],
        ]
    }

    /// Alertmanager ends an alert by itself unless it hears of it again; it is told until when to wait.
    private static func alertmanager(_ event: AlertEvent) -> JSONValue {
        let alert = event.alert
        var labels = JSONObject([
            ("alertname", .string("pvelua_\(alert.condition)")), ("rule", .string(alert.rule)),
            ("severity", .string(alert.severity.rawValue)), ("cluster", .string(event.cluster)),
            ("subject", .string(alert.subject.path)),
        ])
        // Labels make up who the alert is, so nothing may stand there that changes while it goes on.
        if let vmid = alert.subject.vmid { labels["vmid"] = .string(String(vmid)) }
        let isOver = event.kind == .resolved || event.kind == .test
        let patience = alert.repeats.map { $0 + 3600 } ?? 30 * 86_400
        return [
            "labels": .object(labels),
            "annotations": ["summary": .string(alert.text), "description": .string(alert.advice)],
            "startsAt": .string(UTCTime.text(alert.fired ?? alert.since)),
            "endsAt": .string(UTCTime.text(isOver ? event.time : event.time + patience)),
        ]
    }
}

extension AlertEvent {
    /// What happened, in a few words.
    var headline: String {
        switch kind {
        case .fired: "\(alert.severity.rawValue), \(alert.rule)"
        case .repeated: "still \(alert.severity.rawValue), \(alert.rule)"
        case .resolved: "resolved, \(alert.rule)"
        case .test: "test"
        }
    }

    /// The event in one line for people, the advice not in it.
    public var line: String {
        let words =
            switch kind {
            case .fired: alert.severity.rawValue
            case .repeated: "still \(alert.severity.rawValue)"
            case .resolved: "resolved"
            case .test: "test"
            }
        return "\(UTCTime.text(time)) \(words) \(cluster)/\(alert.rule): \(alert.text)"
    }
}
