// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Text

/// Something that a rule found wrong in one picture.
public struct Finding: Hashable, Sendable {
    /// The rule.
    public var rule: AlertRule
    /// What it is about.
    public var subject: AlertSubject
    /// What is wrong, in one line.
    public var text: String
    /// What to look at.
    public var advice: String
    /// The figure behind it, where there is one.
    public var value: JSONValue?
    /// Which of several events of a kind it is, so that the next one is told as well: a UPID.
    public var occurrence: String?
    /// Whether it only keeps an alert going and begins none: the figure is between the two limits.
    public var isLingering = false

    /// Makes a finding; names from the cluster are made safe to show.
    public init(_ rule: AlertRule, _ subject: AlertSubject, _ text: String, advice: String, value: JSONValue? = nil) {
        self.rule = rule
        self.subject = subject
        self.text = Self.line(text)
        self.advice = Self.line(advice)
        self.value = value
    }

    /// What its alert is known by.
    public var fingerprint: String { Alert.fingerprint(rule.id, subject) }

    /// One line of limited length that steers no terminal.
    static func line(_ text: String) -> String {
        let clean = TextCleaner.clean(text)
        return clean.unicodeScalars.count > 500 ? String(clean.prefix(500)) + "…" : clean
    }
}

/// What a rule could not judge in one picture: alerts about it stay as they are.
public struct BlindSpot: Hashable, Sendable {
    /// What it covers.
    public enum Scope: Hashable, Sendable {
        /// All that the rule looks at.
        case everything
        /// All that is on a node.
        case node(String)
        /// One subject, by its path.
        case subject(String)
    }

    /// The rule.
    public var rule: AlertRule
    /// What it covers.
    public var scope: Scope
    /// Why; nil where another alert says so already, as of guests on a node that is offline.
    public var cause: Failure?

    /// Makes a blind spot.
    public init(_ rule: AlertRule, _ scope: Scope, _ cause: Failure? = nil) {
        self.rule = rule
        self.scope = scope
        self.cause = cause
    }

    /// Whether it covers a subject.
    public func covers(_ subject: AlertSubject) -> Bool {
        switch scope {
        case .everything: true
        case .node(let name): subject.node == name
        case .subject(let path): subject.path == path
        }
    }
}

/// What a set of rules makes of one picture.
public struct Verdict: Hashable, Sendable {
    /// What is wrong.
    public var findings: [Finding] = []
    /// What could not be judged.
    public var blind: [BlindSpot] = []
    /// Whose alerts are over although a blind spot covers them: a guest that was recovered on another node.
    public var fine: Set<String> = []

    /// Nothing wrong.
    public init() {}
}
