// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Synchronization
import TestSupport

/// The real binaries: `pvelua` in a home of its own, a relay, and `pvelua-sim` behind it.
final class HostBench: Sendable {
    let home: TemporaryFolder
    let server: RunningServer
    let script: URL
    private let port: Int
    private let relay: Mutex<AnnouncedProcess>

    /// How a host ended.
    struct Ending: Sendable {
        var status: Int32
        var output: String
        var errors: String
    }

    /// - Parameter scale: How long things take in the cluster, compared with life.
    init(_ script: String, scale: Double = 0.1) async throws {
        home = try TemporaryFolder()
        server = try await RunningServer("--time-scale", String(scale))
        self.script = try home.write("runbook.lua", script)
        let relay = try await Self.relay(0, server)
        port = Int(relay.line) ?? 0
        self.relay = Mutex(relay)
        let folder = home.url.appendingPathComponent("config/pvelua")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let token = try home.write("token", server.secret + "\n").path
        _ = try home.write(
            "config/pvelua/config.yaml",
            """
            version: 1
            default_cluster: lab
            clusters:
              lab:
                hosts: ["127.0.0.1:\(port)"]
                auth: { token_id: "\(server.tokenID)", token_secret: { file: "\(token)" } }
                tls: { ca_file: "\(server.authorityFile)" }
                timeouts: { connect: 1s, request: 5s }
            """)
        _ = try home.write(
            "config/pvelua/policy.yaml",
            "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n")
    }

    deinit { home.remove() }

    /// Starts a relay on a port; 0 takes a free one.
    private static func relay(_ port: Int, _ server: RunningServer) async throws -> AnnouncedProcess {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Support/relay.py").path
        return try await AnnouncedProcess(
            URL(fileURLWithPath: "/usr/bin/env"), ["python3", file, String(port), String(server.url.port ?? 0)])
    }

    /// Kills the way to the cluster, with all connections, and brings it back after a while.
    func interruptServer(milliseconds: Int) async throws {
        let old = relay.withLock { $0 }
        old.process.signal(SIGKILL)
        _ = await old.process.ending()
        try await Task.sleep(for: .milliseconds(milliseconds))
        let new = try await Self.relay(port, server)
        relay.withLock { $0 = new }
    }

    /// Kills the worker of a host that runs.
    func killWorker() {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        func read(_ id: Int32, _ name: String) -> String {
            String(decoding: FileManager.default.contents(atPath: "/proc/\(id)/\(name)") ?? Data(), as: UTF8.self)
        }
        let hosts = Set(processes.filter { read($0, "cmdline").contains(script.path) })
        for id in processes where read(id, "comm").hasPrefix("pvelua-worker") {
            let parent = read(id, "stat").split(separator: ")").last?.split(separator: " ").dropFirst().first
            if let parent = parent.flatMap({ Int32($0) }), hosts.contains(parent) { kill(id, SIGKILL) }
        }
    }

    /// Starts pvelua.
    func start(_ arguments: [String], _ name: String) throws -> ChildProcess {
        let output = try home.write("\(name).out", "")
        let errors = try home.write("\(name).err", "")
        return try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), arguments,
            environment: [
                "HOME": home.url.path, "XDG_CONFIG_HOME": home.url.appendingPathComponent("config").path,
                "XDG_STATE_HOME": home.url.appendingPathComponent("state").path, "PVELUA_TIME_SCALE": "0.05",
            ],
            output: FileHandle(forWritingTo: output), errors: FileHandle(forWritingTo: errors))
    }

    /// How it ended and what it wrote.
    func ending(_ child: ChildProcess, _ name: String) async throws -> Ending {
        let watch = child.end(after: 60)
        let status = await child.ending()
        watch.cancel()
        func text(_ suffix: String) throws -> String {
            String(decoding: try Data(contentsOf: home.url.appendingPathComponent("\(name).\(suffix)")), as: UTF8.self)
        }
        return Ending(status: status, output: try text("out"), errors: try text("err"))
    }

    func journal() throws -> SQLiteJournal {
        try SQLiteJournal(path: home.url.appendingPathComponent("state/pvelua/journal.sqlite").path)
    }

    /// What changed in the cluster, counted: tasks by type and guest, and calls that change without a task.
    func changes() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for node in ["pve1", "pve2", "pve3"] {
            let text = try await server.control("/api2/json/nodes/\(node)/tasks?source=all&limit=500")
            for row in try JSONValue(parsing: text)["data"]?.array ?? [] {
                counts["\(row["type"]?.string ?? "") \(row["id"]?.string ?? "")", default: 0] += 1
            }
        }
        for request in try await server.requests() where request.method == "PUT" {
            counts["PUT \(request.path)", default: 0] += 1
        }
        return counts
    }
}
