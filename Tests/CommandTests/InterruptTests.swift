// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Ctrl-C while the cluster is slow: reads end at once, tasks go on and are named.
struct InterruptTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func configure(_ server: RunningServer) throws {
        let secret = try runner.home.write("token", server.secret)
        let folder = runner.home.url.appendingPathComponent("config/pvelua")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = """
            version: 1
            clusters:
              lab:
                hosts: ["127.0.0.1:\(server.url.port ?? 0)"]
                auth: { token_id: "\(server.tokenID)", token_secret: { file: "\(secret.path)" } }
                tls: { ca_file: "\(server.authorityFile)" }
            """
        try Data(text.utf8).write(to: folder.appendingPathComponent("config.yaml"))
    }

    /// Runs a piece of Lua, interrupts it once the server has got a request whose path ends so, and waits for its end.
    private func interrupt(
        _ code: String, at server: RunningServer, whenSeen method: String, _ path: String
    ) throws -> (result: ProcessResult, seconds: Double) {
        let place = runner.home.url
        let errors = place.appendingPathComponent("stderr")
        let process = Process()
        process.executableURL = Places.products.appendingPathComponent("pvelua")
        process.arguments = ["--format", "json", "--yes", "-e", code]
        process.environment = [
            "HOME": place.path, "XDG_CONFIG_HOME": place.appendingPathComponent("config").path,
            "XDG_STATE_HOME": place.appendingPathComponent("state").path, "PATH": "/usr/bin:/bin",
        ]
        try Data().write(to: errors)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        while process.isRunning, try !requests(server).contains(where: { $0 == method && $1.hasSuffix(path) }) {
            Thread.sleep(forTimeInterval: 0.02)
        }
        let start = ContinuousClock.now
        process.interrupt()
        process.waitUntilExit()
        let result = ProcessResult(
            status: process.terminationStatus, output: "",
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
        return (result, Double((ContinuousClock.now - start).components.seconds))
    }

    private func requests(_ server: RunningServer) throws -> [(String, String)] {
        let rows = try JSONValue(parsing: server.control("/sim/requests"))["data"]?.array ?? []
        return rows.map { ($0["method"]?.string ?? "", $0["path"]?.string ?? "") }
    }

    @Test func readsEndAtOnce() throws {
        let server = try RunningServer("--time-scale", "1")
        try configure(server)
        _ = try server.control(
            "/sim/faults", body: #"{"method":"GET","path":"/cluster/resources","effect":"delay","seconds":25}"#)
        let (result, seconds) = try interrupt("pve.list_vms()", at: server, whenSeen: "GET", "/resources?type=vm")
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "cancelled")
        #expect(seconds < 10)
    }

    @Test func runningTasksGoOnAndAreNamed() throws {
        let server = try RunningServer("--time-scale", "20")
        try configure(server)
        let (result, seconds) = try interrupt(
            #"pve.vm_action(nil, 101, "shutdown")"#, at: server, whenSeen: "GET", "/status")
        #expect(result.status == 130, "\(result.errors)")
        let message = result.jsonError?["message"]?.string ?? ""
        #expect(message.contains("goes on (UPID:") && message.contains(":qmshutdown:101:"), "\(result.errors)")
        #expect(seconds < 10)
        #expect(try !requests(server).contains { $0.0 == "DELETE" })
    }
}
