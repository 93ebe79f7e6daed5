// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Logging
internal import Model
internal import Proxmox
internal import Simulator
internal import Text

/// A cluster's hosts one by one, and who pvelua is there: for commands that look at each host or bring another identity.
struct ClusterRoute: Sendable {
    /// One host.
    struct Host: Sendable {
        var name: String
        /// Its address; nil where it is in this process.
        var endpoint: HTTPEndpoint?
        var transport: ObservedTransport
    }

    var name: String
    var hosts: [Host]
    var trust: ServerTrust?
    /// `user@realm` or `user@realm!token`.
    var identity: String
    /// Fetches the secret, or says why there is none.
    var credential: @Sendable () throws(Failure) -> any Credential
    var connectTimeout: Duration = .seconds(5)
    var requestTimeout: Duration = .seconds(30)

    /// A client for some hosts; one that tries once tells more of a single host.
    func client(
        _ credential: any Credential, hosts: [Host]? = nil, attempts: Int = 4, timeout: Duration? = nil
    ) -> ProxmoxClient {
        ProxmoxClient(
            hosts: (hosts ?? self.hosts).map { ProxmoxHost(name: $0.name, transport: $0.transport) },
            credential: credential,
            settings: ClientSettings(requestTimeout: timeout ?? requestTimeout, readAttempts: attempts))
    }

    /// A client that is nobody but this token.
    var tokenClient: TokenClientMaker {
        { (id, secret) throws(Failure) in client(try APIToken(id: id, secret: secret)) }
    }

    /// The way to a configured cluster or to the embedded one.
    ///
    /// - Throws: ``Failure`` of kind `config` where there is no such cluster or a host is none.
    init(name: String, configuration: ConfigurationFile, context: CommandContext) throws(Failure) {
        if let cluster = configuration.cluster(named: name) {
            try self.init(cluster, context)
        } else if name == Workplace.demo {
            self.init(demo: SimulatedCluster(.demo(), clock: WallClock(scale: 0.02)), token: ClusterSeed.demo().token)
        } else {
            let known = configuration.clusters.map(\.name) + [Workplace.demo]
            throw Failure(
                .config, "there is no cluster \"\(name)\"",
                hint: Spelling.suggestion(for: name, among: known) ?? "the clusters are "
                    + known.joined(separator: ", "))
        }
    }

    private init(_ cluster: ClusterConfiguration, _ context: CommandContext) throws(Failure) {
        name = cluster.name
        requestTimeout = .seconds(cluster.timeouts.request)
        identity = cluster.auth.identity
        if case .local(let program) = cluster.auth {
            try FileContent.checkProgram(program)
            let transport = PveshTransport(settings: PveshSettings(program: program))
            hosts = [Host(name: "pvesh", endpoint: nil, transport: ObservedTransport(transport))]
            credential = { () throws(Failure) in LocalAccess() }
            return
        }
        let trust = try ClusterConnection.trust(cluster.tls, context)
        self.trust = trust
        connectTimeout = .seconds(cluster.timeouts.connect)
        let settings = CurlSettings(
            trust: trust, connectTimeout: .seconds(cluster.timeouts.connect),
            userAgent: "pvelua/\(PveluaVersion.text)")
        hosts = []
        for host in cluster.hosts {
            guard let endpoint = HTTPEndpoint(host: host.host, port: host.port) else {
                throw Failure(.config, "\"\(host)\" is no host")
            }
            hosts.append(
                Host(
                    name: host.description, endpoint: endpoint,
                    transport: ObservedTransport(CurlTransport(endpoint, settings: settings))))
        }
        credential = { () throws(Failure) in try ConfiguredCredential.make(cluster, context) }
    }

    /// A cluster in this process, entered with `user@realm!token=secret`.
    init(demo cluster: SimulatedCluster, token: String?, name: String = Workplace.demo) {
        self.name = name
        hosts = [
            Host(name: name, endpoint: nil, transport: ObservedTransport(SimulatorTransport(cluster)))
        ]
        let parts = (token ?? "").split(separator: "=", maxSplits: 1).map(String.init)
        let (id, secret) = (parts.first ?? "", parts.count == 2 ? parts[1] : "")
        identity = id
        credential = { () throws(Failure) in try APIToken(id: id, secret: Secret(secret)) }
    }
}
