// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model

extension Alert {
    /// The alert as channels and `--format json` show it and the journal keeps it.
    public var json: JSONValue {
        var object = JSONObject([
            ("fingerprint", .string(fingerprint)), ("rule", .string(rule)), ("condition", .string(condition)),
            ("severity", .string(severity.rawValue)), ("subject", subject.json), ("text", .string(text)),
            ("advice", .string(advice)),
        ])
        if let value { object["value"] = value }
        if let occurrence { object["occurrence"] = .string(occurrence) }
        object["state"] = .string(state.rawValue)
        object["since"] = .string(UTCTime.text(since))
        for (key, time) in [("fired", fired), ("told", told), ("calm", calm)] {
            if let time { object[key] = .string(UTCTime.text(time)) }
        }
        object["count"] = JSONValue(count)
        if let repeats { object["repeat_seconds"] = .number(repeats) }
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil where it is something else.
    public init?(_ json: JSONValue) {
        func time(_ key: String) -> Double? { json[key]?.string.flatMap(UTCTime.seconds) }
        guard let rule = json["rule"]?.string, let condition = json["condition"]?.string,
            let severity = json["severity"]?.string.flatMap(AlertSeverity.init),
            let subject = json["subject"].flatMap(AlertSubject.init), let text = json["text"]?.string,
            let advice = json["advice"]?.string, let state = json["state"]?.string.flatMap(State.init),
            let since = time("since")
        else { return nil }
        self.rule = rule
        self.condition = condition
        self.severity = severity
        self.subject = subject
        self.text = text
        self.advice = advice
        self.state = state
        self.since = since
        value = json["value"]
        occurrence = json["occurrence"]?.string
        fired = time("fired")
        told = time("told")
        calm = time("calm")
        count = json["count"]?.perlInteger ?? 0
        repeats = json["repeat_seconds"]?.perlNumber
    }
}

extension AlertSubject {
    var json: JSONValue {
        var object = JSONObject([("kind", .string(kind.rawValue)), ("id", .string(id))])
        if let node { object["node"] = .string(node) }
        if let vmid { object["vmid"] = JSONValue(vmid) }
        if let name { object["name"] = .string(name) }
        return .object(object)
    }

    init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init), let id = json["id"]?.string else { return nil }
        self.init(
            kind, id, node: json["node"]?.string, vmid: json["vmid"]?.perlInteger, name: json["name"]?.string)
    }
}

extension AlertEvent {
    /// The event with its alert, in one object.
    public var json: JSONValue {
        var object = JSONObject([
            ("event", .string(kind.rawValue)), ("at", .string(UTCTime.text(time))), ("cluster", .string(cluster)),
        ])
        for member in alert.json.object?.members ?? [] { object[member.key] = member.value }
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil where it is something else.
    public init?(_ json: JSONValue) {
        guard let kind = json["event"]?.string.flatMap(Kind.init),
            let time = json["at"]?.string.flatMap(UTCTime.seconds), let cluster = json["cluster"]?.string,
            let alert = Alert(json)
        else { return nil }
        self.init(kind, alert, cluster: cluster, at: time)
    }
}
