// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// One alert of a cluster as it is kept between rounds of the monitor.
public struct AlertRow: Hashable, Sendable {
    /// What it is known by in its cluster.
    public var fingerprint: String
    /// How far it has come.
    public var state: String
    /// All of it.
    public var body: JSONValue

    /// Makes a row.
    public init(fingerprint: String, state: String, body: JSONValue) {
        self.fingerprint = fingerprint
        self.state = state
        self.body = body
    }
}

/// What one round of the monitor leaves behind.
public struct AlertChange: Sendable {
    /// Something to tell, by one channel.
    public struct Message: Sendable {
        /// The channel.
        public var channel: String
        /// What to tell.
        public var body: JSONValue

        /// Makes a message.
        public init(channel: String, body: JSONValue) {
            self.channel = channel
            self.body = body
        }
    }

    /// All alerts there are now; others are forgotten.
    public var alerts: [AlertRow]
    /// What to tell because of it, in order.
    public var messages: [Message]

    /// Makes a change.
    public init(alerts: [AlertRow], messages: [Message]) {
        self.alerts = alerts
        self.messages = messages
    }
}

/// Something that a channel has not been told yet.
public struct AlertDelivery: Hashable, Sendable {
    /// Its number; smaller ones are told first.
    public var id: Int
    /// The channel.
    public var channel: String
    /// What to tell.
    public var body: JSONValue
    /// When it was written down, in seconds since 1970.
    public var created: Double
    /// How often it was tried.
    public var attempts: Int
}

/// Where alerts are kept, so that they survive the end of the program, and what is to be told is told at least once.
public protocol AlertStore: Sendable {
    /// Replaces a cluster's alerts and queues what is to be told, in one transaction: of two monitors only one fires an alert.
    func changeAlerts(
        of cluster: String, at time: Double, _ change: @Sendable ([AlertRow]) -> AlertChange
    ) async throws(Failure)
    /// A cluster's alerts.
    func alerts(of cluster: String) async throws(Failure) -> [AlertRow]
    /// What is to be told and nobody else is at, in order; it is the caller's for `lease` seconds.
    func claimDeliveries(of cluster: String, at time: Double, lease: Double) async throws(Failure) -> [AlertDelivery]
    /// Forgets what was told, or is given up.
    func endDelivery(_ id: Int) async throws(Failure)
    /// Gives a delivery back for the next round, counting the attempt where there was one.
    func returnDelivery(_ id: Int, wasTried: Bool) async throws(Failure)
}
