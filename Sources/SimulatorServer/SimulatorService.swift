// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
public import Simulator

/// A simulated cluster behind HTTPS on this host, for any Proxmox client.
public struct SimulatorService: Sendable {
    /// The cluster that answers.
    public let cluster: SimulatedCluster
    /// The port, or 0 for a free one.
    public let port: Int
    private let token: String
    private let nodes: [String]

    /// Makes a service; it does nothing until ``run(announce:)``.
    ///
    /// - Parameters:
    ///   - seed: What the cluster holds; its first unlimited token is announced.
    ///   - clock: The time it lives in.
    ///   - options: Delays and seeds.
    ///   - port: The port, or 0 for a free one.
    public init(
        _ seed: ClusterSeed, clock: any SimulatorClock, options: SimulatedCluster.Options, port: Int
    ) {
        cluster = SimulatedCluster(seed, clock: clock, options: options)
        self.port = port
        token = seed.token ?? ""
        nodes = seed.nodes.map(\.name)
    }

    /// Serves until the process gets SIGTERM or SIGINT, which ``Signals/block()`` must have been called for.
    ///
    /// It waits in the calling thread: an async main would let Dispatch take the signals back.
    ///
    /// - Parameter announce: Gets one line of JSON when requests can come.
    /// - Throws: ``ServerFailure`` or NIO's error where the port or a file cannot be had.
    public func run(announce: (String) -> Void) throws {
        let certificate = try ServerCertificate(nodes: nodes)
        let folder = try ScratchFolder()
        defer { folder.remove(["ca.pem"]) }
        let file = try folder.write("ca.pem", certificate.authority)
        let channel = try bind(certificate)
        let line: JSONValue = [
            "url": .string("https://127.0.0.1:\(channel.localAddress?.port ?? port)"), "ca_file": .string(file),
            "fingerprint": .string(certificate.fingerprint), "token": .string(token),
        ]
        announce(line.text)
        Signals.wait()
        try? channel.close().wait()
    }

    /// Reads a cluster from a YAML file.
    ///
    /// - Throws: ``ServerFailure`` that says what is wrong with the file, and where.
    public static func seed(file: String) throws -> ClusterSeed {
        let text = try ScratchFolder.read(file)
        do { return try ClusterSeed(yaml: text, file: file) } catch { throw ServerFailure("\(error)") }
    }

    private func bind(_ certificate: ServerCertificate) throws -> any Channel {
        let leaf = try NIOSSLCertificate(bytes: Array(certificate.leaf.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(leaf)], privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        let tls = try NIOSSLContext(configuration: configuration)
        let cluster = cluster
        return try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(5)))
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(ConnectionHandler(cluster: cluster))
                }
            }
            .bind(host: "127.0.0.1", port: port).wait()
    }
}
