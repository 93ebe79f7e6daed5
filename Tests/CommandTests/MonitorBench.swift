// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// pvelua, a cluster behind HTTPS whose nodes can be taken away, and a monitor's configuration.
struct MonitorBench {
    let runner: CommandLineRunner
    let server: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
    }

    /// A configuration whose rules and channels are these lines.
    func configure(_ rules: [String], _ channels: [String] = [], more: [String] = []) throws {
        let list = { (name: String, items: [String]) in
            items.isEmpty ? [] : ["  \(name):"] + items.map { "    - \($0)" }
        }
        let lines = ["monitor:"] + list("rules", rules) + list("channels", channels) + more.map { "  \($0)" }
        try runner.configure(server, more: lines.joined(separator: "\n"))
    }

    func take(_ node: String, online: Bool) async throws {
        let answer = try await server.control("/sim/nodes", body: "{\"node\":\"\(node)\",\"online\":\(online)}")
        #expect(answer.contains("null"), "\(answer)")
    }

    func round(_ options: String...) async throws -> ProcessResult {
        try await runner.pvelua(["monitor", "--once"] + options)
    }

    static let nodes = "{ id: nodes, when: node_offline, severity: critical }"
    static let web = "{ id: web, when: guest_stopped, guests: { vmid: [100, 103, 110] } }"
}
