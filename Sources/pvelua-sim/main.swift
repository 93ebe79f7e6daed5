// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import Simulator
internal import SimulatorServer

/// `pvelua-sim`: a simulated Proxmox cluster as a program.
struct SimulatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pvelua-sim", abstract: "A simulated Proxmox VE cluster.", subcommands: [Serve.self])
}

/// Serves the cluster over HTTPS on this host.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a simulated cluster over HTTPS on 127.0.0.1.",
        discussion: """
            Prints one line of JSON when ready: url, ca_file, fingerprint, token. SIGTERM or SIGINT end it.

            POST /sim/faults lets the next requests go wrong, POST /sim/nodes takes a node away or brings it back, GET \
            /sim/requests lists what came; all take the token.

            EXIT STATUS: 0 ended by a signal, 1 the port or a file could not be had, 64 wrong arguments.
            """)

    @Option(help: "The port; 0 takes a free one.") var port = 0
    @Option(help: "What to serve: demo, or a YAML file.") var cluster = "demo"
    @Option(help: "Serve a generated cluster with so many guests instead.") var guests: Int?
    @Option(help: "Serve a generated cluster with so many nodes instead.") var nodes: Int?
    @Option(help: "The factor on everything that takes time in the cluster: 1 as in life, 0 at once.")
    var timeScale = 1.0
    @Option(help: "How many milliseconds every answer is held back.") var latency = 0.0
    @Option(help: "How many seconds a 401 is held back; --time-scale applies too.") var authDelay = 3.0
    @Option(help: "What made-up numbers follow from.") var seed: UInt64 = 1

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535") }
        for (name, value) in [("--time-scale", timeScale), ("--latency", latency), ("--auth-delay", authDelay)]
        where !value.isFinite || value < 0 {
            throw ValidationError("\(name) must be a number from 0 on")
        }
    }

    func run() throws {
        let options = SimulatedCluster.Options(authDelay: authDelay, latency: latency / 1000, randomSeed: seed)
        let service = SimulatorService(
            try content(), clock: WallClock(scale: timeScale), options: options, port: port)
        try service.run { line in
            print(line)
            fflush(nil)
        }
    }

    private func content() throws -> ClusterSeed {
        if guests != nil || nodes != nil {
            return .generated(nodes: nodes ?? 3, guests: guests ?? 20, seed: seed)
        }
        if cluster == "demo" { return .demo() }
        return try SimulatorService.seed(file: cluster)
    }
}

Signals.block()
SimulatorCommand.main()
