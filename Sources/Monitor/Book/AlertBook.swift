// SPDX-License-Identifier: Apache-2.0
public import Model

/// All alerts of one cluster, and what becomes of them from round to round; time is passed in.
///
/// ```
/// finding ─▶ pending ──for──▶ firing ──repeat──▶ firing ──resolve_after──▶ gone
///               └─ over: gone, nothing was told       (told: fired, repeated, resolved)
/// ```
/// What a round could not judge stays as it was: it neither fires nor is it called resolved.
public struct AlertBook: Hashable, Sendable {
    /// The cluster's name in the configuration.
    public let cluster: String
    /// The alerts, by fingerprint.
    public private(set) var alerts: [String: Alert]

    /// Opens a book with the alerts that were there.
    public init(cluster: String, alerts: [Alert] = []) {
        self.cluster = cluster
        self.alerts = Dictionary(alerts.map { ($0.fingerprint, $0) }, uniquingKeysWith: { $1 })
    }

    /// Takes one round's verdict and returns what is to be told of it.
    ///
    /// - Parameters:
    ///   - rules: All rules there are; alerts of others are over.
    ///   - isSilenced: Whether nobody is to hear of a subject by a rule.
    ///   - time: Seconds since 1970.
    public mutating func take(
        _ verdict: Verdict, rules: [AlertRule], isSilenced: (AlertRule, AlertSubject) -> Bool = { _, _ in false },
        at time: Double
    ) -> [AlertEvent] {
        var events: [AlertEvent] = []
        var found: Set<String> = []
        for finding in verdict.findings {
            let key = finding.fingerprint
            guard found.insert(key).inserted else { continue }
            if finding.isLingering, alerts[key]?.state != .firing {
                alerts[key] = nil
                continue
            }
            var alert = alerts[key] ?? Alert(finding, at: time)
            alert.setBack(to: time)
            alert.update(finding)
            alert.calm = nil
            if let kind = alert.next(finding, isSilenced: isSilenced(finding.rule, finding.subject), at: time) {
                events.append(AlertEvent(kind, alert, cluster: cluster, at: time))
            }
            alerts[key] = alert
        }
        for (key, alert) in alerts.sorted(by: { $0.key < $1.key }) where !found.contains(key) {
            guard let rule = rules.first(where: { $0.id == alert.rule }) else {
                if alert.state == .firing { events.append(resolved(alert, "the rule is gone", at: time)) }
                alerts[key] = nil
                continue
            }
            let isBlind =
                !verdict.fine.contains(key)
                && verdict.blind.contains { $0.rule.id == rule.id && $0.covers(alert.subject) }
            if isBlind { continue }
            events += end(key, alert, rule, at: time)
        }
        return events
    }

    private mutating func end(_ key: String, _ alert: Alert, _ rule: AlertRule, at time: Double) -> [AlertEvent] {
        var alert = alert
        alert.setBack(to: time)
        guard alert.state == .firing else {
            alerts[key] = nil
            return []
        }
        let since = alert.calm ?? time
        alert.calm = since
        guard time - since >= rule.calm else {
            alerts[key] = alert
            return []
        }
        alerts[key] = nil
        return [resolved(alert, nil, at: time)]
    }

    private func resolved(_ alert: Alert, _ remark: String?, at time: Double) -> AlertEvent {
        var alert = alert
        if let remark { alert.text += " (\(remark))" }
        return AlertEvent(.resolved, alert, cluster: cluster, at: time)
    }
}

extension Alert {
    /// Goes one step on for a finding; returns what is to be told.
    fileprivate mutating func next(_ finding: Finding, isSilenced: Bool, at time: Double) -> AlertEvent.Kind? {
        let isNews = occurrence != finding.occurrence
        guard !isSilenced else {
            // What nobody heard of fires when the silence ends; what is known goes on unheard.
            if state == .pending { occurrence = finding.occurrence }
            return nil
        }
        occurrence = finding.occurrence
        switch state {
        case .pending:
            guard time - since >= finding.rule.hold else { return nil }
            state = .firing
            fired = time
            told = time
            count = 1
            return .fired
        case .firing:
            let isDue = repeats.map { time - (told ?? time) >= $0 } ?? false
            guard isNews || isDue else { return nil }
            told = time
            count = count < Int.max ? count + 1 : count
            return .repeated
        }
    }

    /// Brings what lies in the future back to now: the machine's clock was set back, and nothing must wait for it.
    fileprivate mutating func setBack(to time: Double) {
        since = min(since, time)
        told = told.map { min($0, time) }
        calm = calm.map { min($0, time) }
        fired = fired.map { min($0, time) }
    }
}
