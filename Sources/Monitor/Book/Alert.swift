// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// Something wrong, from the round in which it was first seen to the one in which it is over.
///
/// Times are seconds since 1970.
public struct Alert: Hashable, Sendable {
    /// How far it has come.
    public enum State: String, Sendable, CaseIterable {
        /// The condition is met, not yet for long enough, or nobody is to hear of it.
        case pending
        /// It was told, and goes on.
        case firing
    }

    /// The rule that found it.
    public var rule: String
    /// What that rule looks for.
    public var condition: String
    /// How grave it is.
    public var severity: AlertSeverity
    /// What it is about.
    public var subject: AlertSubject
    /// What is wrong, in one line.
    public var text: String
    /// What to look at.
    public var advice: String
    /// The figure behind it.
    public var value: JSONValue?
    /// Which of several events it is about.
    public var occurrence: String?
    /// How far it has come.
    public var state: State
    /// Since when the condition is met.
    public var since: Double
    /// When it fired.
    public var fired: Double?
    /// When it was told last.
    public var told: Double?
    /// Since when the condition is no longer met.
    public var calm: Double?
    /// How often it was told.
    public var count: Int
    /// After how many seconds it is told again; nil for never.
    public var repeats: Double?

    /// Makes the alert of a finding that is new.
    init(_ finding: Finding, at time: Double) {
        rule = finding.rule.id
        condition = finding.rule.condition.name
        severity = finding.rule.severity
        subject = finding.subject
        text = finding.text
        advice = finding.advice
        value = finding.value
        occurrence = finding.occurrence
        state = .pending
        since = time
        count = 0
        repeats = finding.rule.repeats
    }

    /// What stays the same as long as the thing and the rule exist: `nodes:node/pve1`.
    public var fingerprint: String { Self.fingerprint(rule, subject) }

    static func fingerprint(_ rule: String, _ subject: AlertSubject) -> String { "\(rule):\(subject.path)" }

    /// Takes over what is known now.
    mutating func update(_ finding: Finding) {
        condition = finding.rule.condition.name
        severity = finding.rule.severity
        subject = finding.subject
        text = finding.text
        advice = finding.advice
        value = finding.value
        repeats = finding.rule.repeats
    }
}

/// Something to tell about an alert.
public struct AlertEvent: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Sendable, CaseIterable {
        /// It is told for the first time.
        case fired
        /// It goes on and is told again.
        case repeated
        /// It is over.
        case resolved
        /// Somebody tries whether channels work.
        case test
    }

    /// What happened.
    public var kind: Kind
    /// When, in seconds since 1970.
    public var time: Double
    /// The cluster's name in the configuration.
    public var cluster: String
    /// The alert.
    public var alert: Alert

    /// Makes an event.
    public init(_ kind: Kind, _ alert: Alert, cluster: String, at time: Double) {
        self.kind = kind
        self.time = time
        self.cluster = cluster
        self.alert = alert
    }

    /// An event that says nothing but that a channel works.
    public static func test(cluster: String, at time: Double) -> AlertEvent {
        let finding = Finding(
            AlertRule("test", .clusterUnreachable), AlertSubject(.rule, "test"),
            "this is a test of pvelua's alerts for cluster \(cluster); nothing is wrong", advice: "nothing to do")
        var alert = Alert(finding, at: time)
        alert.condition = "test"
        return AlertEvent(.test, alert, cluster: cluster, at: time)
    }

    /// Somebody wants to apply a plan that needs an approval.
    ///
    /// - Parameters:
    ///   - text: What it would do, and for whom.
    ///   - advice: How to say yes or no.
    public static func approvalWanted(
        digest: String, _ text: String, advice: String, cluster: String, at time: Double
    ) -> AlertEvent {
        let finding = Finding(
            AlertRule("approval", .clusterUnreachable), AlertSubject(.plan, digest), text, advice: advice)
        var alert = Alert(finding, at: time)
        alert.condition = "approval_wanted"
        alert.state = .firing
        alert.fired = time
        alert.told = time
        alert.count = 1
        return AlertEvent(.fired, alert, cluster: cluster, at: time)
    }
}
