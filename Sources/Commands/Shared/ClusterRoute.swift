// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Logging
internal import Model
internal import Proxmox
internal import Runbook
internal import Secrets
internal import Simulator
internal import Terminal

/// The way to one cluster: its hosts, what they are trusted by, who pvelua is there and how patient it is.
struct ClusterRoute: Sendable {
    /// One host.
    struct Host: Sendable {
        var name: String
        /// Its address; nil where no network lies between.
        var endpoint: HTTPEndpoint?
        var transport: ObservedTransport
    }

    var name: String
    var hosts: [Host]
    /// How the hosts prove who they are; nil where no network lies between.
    var trust: ServerTrust?
    /// `user@realm` or `user@realm!token`.
    var identity: String
    /// Fetches the secret, or says why there is none.
    var credential: @Sendable () throws(Failure) -> any Credential
    var timeouts = TimeoutConfiguration()
    var logLevel: LogLevel = .error
    /// What no log line holds.
    var secrets = SecretBook()
    /// The time that waiting goes by.
    var clock: any ClientClock = SystemClock()

    var connectTimeout: Duration { .seconds(timeouts.connect) }
    var requestTimeout: Duration { .seconds(timeouts.request) }
    /// How long a task may take where nobody says otherwise.
    var taskTimeout: Duration { .seconds(timeouts.task) }

    /// The way to a configured cluster or to the embedded one.
    ///
    /// - Throws: ``Failure`` of kind `config` where there is no such cluster or a host is none.
    init(name: String, configuration: ConfigurationFile, context: CommandContext, logLevel: LogLevel) throws(Failure) {
        if let cluster = configuration.cluster(named: name) {
            try self.init(cluster, context, logLevel, audit: configuration.audit)
        } else if name == Workplace.demo {
            let seed = ClusterSeed.demo()
            // Its tasks take a fiftieth of the time that real ones take.
            self.init(demo: SimulatedCluster(seed, clock: WallClock(scale: 0.02)), token: seed.token)
            self.logLevel = logLevel
            secrets = context.secrets
        } else {
            throw ClusterDirectory.unknown(name, among: configuration.allClusters)
        }
    }

    /// The way that is configured.
    ///
    /// - Parameter terminal: Where a password is asked for that is kept nowhere.
    init(
        _ cluster: ClusterConfiguration, _ context: CommandContext, _ logLevel: LogLevel,
        terminal: ControllingTerminal = ControllingTerminal(), audit: AuditConfiguration = AuditConfiguration()
    ) throws(Failure) {
        name = cluster.name
        secrets = context.secrets
        identity = cluster.auth.identity
        credential = { () throws(Failure) in
            try ConfiguredCredential.make(cluster, context, terminal: terminal, audit: audit)
        }
        timeouts = cluster.timeouts
        self.logLevel = logLevel
        clock = context.clock
        if case .local(let program) = cluster.auth {
            try FileContent.checkProgram(program)
            let transport = PveshTransport(settings: PveshSettings(program: program))
            hosts = [Host(name: "pvesh", endpoint: nil, transport: ObservedTransport(transport))]
            return
        }
        let trust = Self.trust(cluster.tls, context)
        self.trust = trust
        var settings = CurlSettings(
            trust: trust, connectTimeout: .seconds(timeouts.connect), stallTimeout: .seconds(timeouts.stall),
            maximumConnections: cluster.limits.connections, maximumBody: cluster.limits.answer,
            userAgent: "pvelua/\(PveluaVersion.text)")
        hosts = []
        for host in cluster.hosts {
            guard let endpoint = HTTPEndpoint(host: host.host, port: host.port) else {
                throw Failure(.config, "\"\(host)\" is no host")
            }
            settings.takesPacked = !endpoint.isLoopback
            hosts.append(
                Host(
                    name: host.description, endpoint: endpoint,
                    transport: ObservedTransport(CurlTransport(endpoint, settings: settings))))
        }
    }

    /// A cluster in this process, entered with `user@realm!token=secret`.
    init(demo cluster: SimulatedCluster, token: String?, name: String = Workplace.demo) {
        self.name = name
        hosts = [Host(name: name, endpoint: nil, transport: ObservedTransport(SimulatorTransport(cluster)))]
        let parts = (token ?? "").split(separator: "=", maxSplits: 1).map(String.init)
        let (id, secret) = (parts.first ?? "", parts.count == 2 ? parts[1] : "")
        identity = id
        credential = { () throws(Failure) in try APIToken(id: id, secret: Secret(secret)) }
    }

    private static func trust(_ tls: TLSConfiguration, _ context: CommandContext) -> ServerTrust {
        let pins = tls.fingerprints.compactMap { Fingerprint($0) }
        guard let file = tls.caFile else { return pins.isEmpty ? .system : .pins(pins) }
        return .authority(file: Locations.expand(file, home: context.home), pins: pins)
    }
}

// MARK: - Clients

/// Makes a client that is nobody but this token.
typealias TokenClientMaker = @Sendable (_ id: String, _ secret: Secret) throws(Failure) -> ProxmoxClient

extension ClusterRoute {
    /// A client for whoever is configured.
    func client() throws(Failure) -> ProxmoxClient { client(try credential()) }

    /// A client for some hosts; one that tries once tells more of a single host.
    func client(
        _ credential: any Credential, hosts: [Host]? = nil, attempts: Int = 4, timeout: Duration? = nil
    ) -> ProxmoxClient {
        let pins = trust?.pins ?? []
        let hint =
            "nothing was sent; look at the certificate, and accept it if it is the right one: pvelua cluster pin \(name)"
        return ProxmoxClient(
            hosts: (hosts ?? self.hosts).map {
                ProxmoxHost(
                    name: $0.name, transport: $0.transport, pins: pins, certificateHint: hint, endpoint: $0.endpoint)
            },
            credential: credential,
            settings: ClientSettings(requestTimeout: timeout ?? requestTimeout, readAttempts: attempts), clock: clock,
            logger: logger)
    }

    /// Makes clients that are nobody but a token.
    var tokenClient: TokenClientMaker {
        { (id, secret) throws(Failure) in client(try APIToken(id: id, secret: secret)) }
    }

    private var logger: Logger {
        var logger = Logger(label: "proxmox") { CleanLog(.standardError(label: $0), secrets) }
        logger.logLevel = logLevel == .debug ? .debug : .error
        return logger
    }
}

/// Proves nothing: what is asked before a server is known gets no credential, and a 401 is an answer too.
struct Nobody: Credential {
    func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader] { [] }
}
