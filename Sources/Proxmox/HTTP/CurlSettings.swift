// SPDX-License-Identifier: Apache-2.0

/// How a ``CurlTransport`` reaches its server, and what it puts up with.
public struct CurlSettings: Sendable, Hashable {
    /// Which certificates are accepted.
    public var trust: ServerTrust
    /// How long it may take until a connection stands, TLS included.
    public var connectTimeout: Duration
    /// How long an answer that has begun may take for each KiB of it, so that a slow drip does not hold a connection.
    public var stallTimeout: Duration
    /// How many connections are open at once; further requests wait their turn, see ``HTTPRequest/Lane``.
    public var maximumConnections: Int
    /// How large an answer may be once decompressed, in bytes.
    public var maximumBody: Int
    /// How large status line and header fields of an answer may be together, in bytes; Proxmox's are below 1 KiB.
    public var maximumHead: Int
    /// How many requests a connection carries before it is closed.
    public var requestsPerConnection: Int
    /// How long a connection may have been idle and yet be used again, in whole seconds.
    public var idleLimit: Int
    /// What the client calls itself.
    public var userAgent: String
    /// Whether answers may come packed: saves time on the way, and costs the server more than that where there is no way.
    public var takesPacked: Bool
    /// Whether TLS is spoken; never left out to a Proxmox server, whose clients carry credentials.
    public var usesTLS: Bool

    /// Makes settings; what is left out suits Proxmox.
    ///
    /// pveproxy closes a connection after 5 s of silence and after 100 requests (PVE/APIServer/AnyEvent.pm).
    public init(
        trust: ServerTrust, connectTimeout: Duration = .seconds(5), stallTimeout: Duration = .seconds(10),
        maximumConnections: Int = 8, maximumBody: Int = 64 << 20, maximumHead: Int = 64 << 10,
        requestsPerConnection: Int = 100, idleLimit: Int = 4, userAgent: String = "pvelua",
        takesPacked: Bool = true, usesTLS: Bool = true
    ) {
        self.trust = trust
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.maximumConnections = max(1, maximumConnections)
        self.maximumBody = max(0, maximumBody)
        self.maximumHead = max(0, maximumHead)
        self.requestsPerConnection = max(1, requestsPerConnection)
        self.idleLimit = min(max(1, idleLimit), 86_400)
        self.userAgent = userAgent
        self.takesPacked = takesPacked
        self.usesTLS = usesTLS
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
