// SPDX-License-Identifier: Apache-2.0
public import Model

/// What the section `monitor` of the configuration says.
public struct MonitorConfiguration: Hashable, Sendable {
    /// What to look for and when.
    public var plan: MonitorPlan
    /// Where alerts go, in the order written; empty for standard output.
    public var channels: [AlertChannelConfiguration]

    /// Makes a configuration.
    public init(plan: MonitorPlan, channels: [AlertChannelConfiguration] = []) {
        self.plan = plan
        self.channels = channels
    }

    /// What holds where there is no such section.
    public static let shipped = MonitorConfiguration(plan: .shipped)
}

/// A way that alerts take to those who shall hear of them.
public struct AlertChannelConfiguration: Hashable, Sendable {
    /// How a way works.
    public enum Way: Hashable, Sendable {
        /// A line on standard output.
        case stdout
        /// A program that gets the alert on its standard input: its words, run without a shell.
        case command([String])
        /// A server that is sent the alert.
        case webhook(WebhookConfiguration)
    }

    /// Its name, unique among the channels.
    public var id: String
    /// How it works.
    public var way: Way
    /// The least grave alerts that it takes.
    public var severity: AlertSeverity
    /// The rules whose alerts it takes; empty for all.
    public var rules: [Glob]
    /// Whether it is told of the end of an alert.
    public var tellsResolved: Bool
    /// How many seconds one alert may take.
    public var timeout: Double

    /// Makes a channel.
    public init(
        id: String, way: Way, severity: AlertSeverity = .warning, rules: [Glob] = [], tellsResolved: Bool = true,
        timeout: Double = 10
    ) {
        self.id = id
        self.way = way
        self.severity = severity
        self.rules = rules
        self.tellsResolved = tellsResolved
        self.timeout = timeout
    }
}

/// A server that is sent alerts by HTTP.
public struct WebhookConfiguration: Hashable, Sendable {
    /// How an alert is written.
    public enum Form: String, Sendable, CaseIterable {
        /// The alert as pvelua's own JSON.
        case json
        /// A message of ntfy, by its JSON interface.
        case ntfy
        /// An alert of Prometheus' Alertmanager, API v2.
        case alertmanager
    }

    /// Where an address stands.
    public enum Address: Hashable, Sendable {
        /// In the configuration.
        case text(String)
        /// Elsewhere, as it is a secret itself.
        case secret(SecretSource)
    }

    /// The address.
    public var address: Address
    /// How an alert is written.
    public var form: Form
    /// Where the bearer token is kept; nil for none.
    public var token: SecretSource?
    /// The authority that signed the server's certificate, as a file with `~` expanded; nil for the system's authorities.
    public var caFile: String?
    /// Where the configuration names the address, as `file:line:column`.
    public var place: String
}
