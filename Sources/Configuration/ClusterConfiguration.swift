// SPDX-License-Identifier: Apache-2.0

/// How one cluster is reached.
public struct ClusterConfiguration: Hashable, Sendable {
    /// The name it goes by in commands.
    public var name: String
    /// Its members, tried in turn; never empty.
    public var hosts: [HostAddress]
    /// Who pvelua is there.
    public var auth: Authentication
    /// How the members prove who they are.
    public var tls: TLSConfiguration
    /// How long to wait.
    public var timeouts: TimeoutConfiguration
    /// How much to put up with.
    public var limits: LimitConfiguration

    /// Describes a cluster.
    public init(
        name: String, hosts: [HostAddress], auth: Authentication, tls: TLSConfiguration,
        timeouts: TimeoutConfiguration = TimeoutConfiguration(), limits: LimitConfiguration = LimitConfiguration()
    ) {
        self.name = name
        self.hosts = hosts
        self.auth = auth
        self.tls = tls
        self.timeouts = timeouts
        self.limits = limits
    }
}

/// A host and a port.
public struct HostAddress: Hashable, Sendable, CustomStringConvertible {
    /// The name or address; an IPv6 address stands without its brackets.
    public var host: String
    /// The port, 8006 unless another was named.
    public var port: Int

    /// Makes an address.
    public init(host: String, port: Int = 8006) {
        self.host = host
        self.port = port
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Who pvelua is to a cluster.
public enum Authentication: Hashable, Sendable {
    /// An API token: its `user@realm!name`, where its secret is kept, and where the configuration says so (`file:line:column`).
    case token(id: String, secret: SecretSource, place: String)
    /// A user, `name@realm`, who signs in: where the password and, for a second factor, the TOTP secret are kept, and where
    /// the configuration says so.
    case login(user: String, password: SecretSource, totp: SecretSource?, place: String)

    /// Whoever runs `pvesh` on the node that pvelua is on, with the path of that program.
    case local(program: String)

    /// `user@realm!name` or `user@realm`.
    public var identity: String {
        switch self {
        case .token(let id, _, _): id
        case .login(let user, _, _, _): user
        case .local: "root@pam by pvesh"
        }
    }
}

/// How the members of a cluster prove who they are.
///
/// There is no way to leave the proof out.
public struct TLSConfiguration: Hashable, Sendable {
    /// The authority that signed their certificates, as a file with `~` expanded; nil for the system's authorities.
    public var caFile: String?
    /// SHA-256 fingerprints of certificates to accept, as `AA:BB:…`; empty to go by the authority.
    public var fingerprints: [String]

    /// Makes a configuration.
    public init(caFile: String? = nil, fingerprints: [String] = []) {
        self.caFile = caFile
        self.fingerprints = fingerprints
    }
}

/// How long to wait, in seconds.
public struct TimeoutConfiguration: Hashable, Sendable {
    /// For a connection.
    public var connect: Double
    /// For the answer to a request.
    public var request: Double
    /// For a task to end.
    public var task: Double
    /// For each KiB of an answer that has begun.
    public var stall: Double

    /// Makes timeouts.
    public init(connect: Double = 5, request: Double = 30, task: Double = 300, stall: Double = 10) {
        self.connect = connect
        self.request = request
        self.task = task
        self.stall = stall
    }
}

/// How much of a server's time and how long an answer a cluster may cost.
public struct LimitConfiguration: Hashable, Sendable {
    /// How many connections are open to one host at once.
    public var connections: Int
    /// How many bytes an answer may have once decompressed.
    public var answer: Int

    /// Makes limits.
    public init(connections: Int = 8, answer: Int = 64 << 20) {
        self.connections = connections
        self.answer = answer
    }
}
