// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Logging
internal import Model
internal import Proxmox
internal import Runbook
internal import Simulator

/// The way to one cluster, by its name in the configuration.
struct ClusterConnection {
    /// The client.
    let client: ProxmoxClient
    /// How long a task may take where nobody says otherwise.
    let taskTimeout: Duration

    init(name: String, configuration: ConfigurationFile, context: CommandContext, logLevel: LogLevel) throws(Failure) {
        if let cluster = configuration.cluster(named: name) {
            client = try Self.remote(cluster, context, logLevel)
            taskTimeout = .seconds(cluster.timeouts.task)
        } else if name == Workplace.demo {
            client = try Self.demo(logLevel)
            taskTimeout = .seconds(300)
        } else {
            throw ClusterDirectory.unknown(name, among: configuration.allClusters)
        }
    }

    private static func remote(
        _ cluster: ClusterConfiguration, _ context: CommandContext, _ logLevel: LogLevel
    ) throws(Failure) -> ProxmoxClient {
        if case .local(let program) = cluster.auth { return try local(program, cluster.timeouts, logLevel) }
        return try client(
            cluster.name, cluster.hosts, cluster.tls, cluster.timeouts, cluster.limits,
            credential: try ConfiguredCredential.make(cluster, context), context, logLevel)
    }

    /// A client for servers that are reached over the network.
    static func client(
        _ name: String, _ addresses: [HostAddress], _ tls: TLSConfiguration, _ timeouts: TimeoutConfiguration,
        _ limits: LimitConfiguration = LimitConfiguration(), credential: any Credential, _ context: CommandContext,
        _ logLevel: LogLevel
    ) throws(Failure) -> ProxmoxClient {
        let trust = try trust(tls, context)
        let settings = CurlSettings(
            trust: trust, connectTimeout: .seconds(timeouts.connect), stallTimeout: .seconds(timeouts.stall),
            maximumConnections: limits.connections, maximumBody: limits.answer,
            userAgent: "pvelua/\(PveluaVersion.text)")
        var hosts: [ProxmoxHost] = []
        for host in addresses {
            guard let endpoint = HTTPEndpoint(host: host.host, port: host.port) else {
                throw Failure(.config, "\"\(host)\" is no host")
            }
            hosts.append(
                ProxmoxHost(
                    name: host.description, transport: CurlTransport(endpoint, settings: settings),
                    pins: tls.fingerprints.compactMap { Fingerprint($0) },
                    certificateHint: "nothing was sent; look at the certificate, and accept it if it is the right one: "
                        + "pvelua cluster pin \(name)"))
        }
        return ProxmoxClient(
            hosts: hosts, credential: credential,
            settings: ClientSettings(requestTimeout: .seconds(timeouts.request)), logger: logger(logLevel))
    }

    /// The node that pvelua runs on.
    private static func local(
        _ program: String, _ timeouts: TimeoutConfiguration, _ logLevel: LogLevel
    ) throws(Failure) -> ProxmoxClient {
        try FileContent.checkProgram(program)
        let transport = PveshTransport(settings: PveshSettings(program: program))
        return ProxmoxClient(
            hosts: [ProxmoxHost(name: "pvesh", transport: transport)], credential: LocalAccess(),
            settings: ClientSettings(requestTimeout: .seconds(timeouts.request)), logger: logger(logLevel))
    }

    static func trust(_ tls: TLSConfiguration, _ context: CommandContext) throws(Failure) -> ServerTrust {
        let pins = tls.fingerprints.compactMap { Fingerprint($0) }
        guard let file = tls.caFile else { return pins.isEmpty ? .system : .pins(pins) }
        return .authority(file: Locations.expand(file, home: context.home), pins: pins)
    }

    /// The embedded cluster: its tasks take a fiftieth of the time that real ones take.
    private static func demo(_ logLevel: LogLevel) throws(Failure) -> ProxmoxClient {
        let seed = ClusterSeed.demo()
        let cluster = SimulatedCluster(seed, clock: WallClock(scale: 0.02))
        let token = (seed.token ?? "").split(separator: "=", maxSplits: 1).map(String.init)
        guard token.count == 2 else { throw Failure(.config, "the embedded cluster has no token") }
        return ProxmoxClient(
            hosts: [ProxmoxHost(name: Workplace.demo, transport: SimulatorTransport(cluster))],
            credential: try APIToken(id: token[0], secret: Secret(token[1])),
            logger: logger(logLevel))
    }

    private static func logger(_ level: LogLevel) -> Logger {
        var logger = Logger(label: "proxmox") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level == .debug ? .debug : .error
        return logger
    }
}
