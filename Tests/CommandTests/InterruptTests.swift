// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Ctrl-C while the cluster is slow: reads end at once, tasks go on and are named.
struct InterruptTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    /// Runs a piece of Lua, interrupts it once the server has got a request whose path ends so, and waits for its end.
    private func interrupt(
        _ code: String, at server: RunningServer, whenSeen method: String, _ path: String
    ) throws -> (result: ProcessResult, seconds: Double) {
        let errors = runner.home.url.appendingPathComponent("stderr")
        let process = Process()
        process.executableURL = Places.products.appendingPathComponent("pvelua")
        process.arguments = ["--format", "json", "--yes", "-e", code]
        process.environment = runner.surroundings.merging(["PATH": "/usr/bin:/bin"]) { $1 }
        try Data().write(to: errors)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        while process.isRunning, try !server.requests().contains(where: { $0 == method && $1.hasSuffix(path) }) {
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

    @Test func readsEndAtOnce() throws {
        let server = try RunningServer("--time-scale", "1")
        try runner.configure(server, timeouts: "request: 30s")
        _ = try server.control(
            "/sim/faults", body: #"{"method":"GET","path":"/cluster/resources","effect":"delay","seconds":25}"#)
        let (result, seconds) = try interrupt("pve.list_vms()", at: server, whenSeen: "GET", "/resources?type=vm")
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "cancelled")
        #expect(seconds < 10)
    }

    @Test func runningTasksGoOnAndAreNamed() throws {
        let server = try RunningServer("--time-scale", "20")
        try runner.configure(server, timeouts: "request: 30s")
        let (result, seconds) = try interrupt(
            #"pve.vm_action(nil, 101, "shutdown")"#, at: server, whenSeen: "GET", "/status")
        #expect(result.status == 130, "\(result.errors)")
        let message = result.jsonError?["message"]?.string ?? ""
        #expect(message.contains("goes on (UPID:") && message.contains(":qmshutdown:101:"), "\(result.errors)")
        #expect(seconds < 10)
        #expect(try !server.requests().contains { $0.method == "DELETE" })
    }
}
