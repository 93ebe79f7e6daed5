// SPDX-License-Identifier: Apache-2.0

/// How a ``CurlTransport`` reaches its server.
public struct CurlSettings: Sendable, Hashable {
    /// Which certificates are accepted.
    public var trust: ServerTrust
    /// How long it may take until a connection stands, TLS included.
    public var connectTimeout: Duration
    /// How many requests run at once; the others wait their turn.
    public var maximumConnections: Int
    /// How large an answer may be once decompressed, in bytes.
    public var maximumBody: Int
    /// What the client calls itself.
    public var userAgent: String

    /// Makes settings.
    public init(
        trust: ServerTrust, connectTimeout: Duration = .seconds(5), maximumConnections: Int = 8,
        maximumBody: Int = 64 << 20, userAgent: String = "pvelua"
    ) {
        self.trust = trust
        self.connectTimeout = connectTimeout
        self.maximumConnections = max(1, maximumConnections)
        self.maximumBody = max(0, maximumBody)
        self.userAgent = userAgent
    }
}

extension Duration {
    /// This duration in whole milliseconds, at least 1 and at most a day.
    var boundedMilliseconds: Int {
        let parts = components
        if parts.seconds >= 86_400 { return 86_400_000 }
        if parts.seconds < 0 { return 1 }
        return max(1, Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000))
    }

    /// This duration in seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
