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
        _ code: String, at server: RunningServer, whenSeen method: String, _ path: String, isTwice: Bool = false
    ) async throws -> (result: ProcessResult, seconds: Double) {
        let errors = try runner.home.write("stderr", "")
        let process = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"), ["--format", "json", "--yes", "-e", code],
            environment: runner.surroundings, errors: FileHandle(forWritingTo: errors))
        let watch = process.end(after: 200)
        defer { watch.cancel() }
        try await eventually("\(method) \(path) at the server") {
            if !process.isRunning { return true }
            return try await server.requests().contains { $0 == method && $1.hasSuffix(path) }
        }
        let start = ContinuousClock.now
        process.signal(SIGINT)
        if isTwice {
            try await eventually("the first interrupt is heard") {
                try !process.isRunning || String(contentsOf: errors, encoding: .utf8).contains("finishing ")
            }
            process.signal(SIGINT)
        }
        let status = await process.ending()
        let result = ProcessResult(status: status, output: "", errors: try String(contentsOf: errors, encoding: .utf8))
        return (result, Double((ContinuousClock.now - start).components.seconds))
    }

    @Test func readsEndAtOnce() async throws {
        let server = try await RunningServer("--time-scale", "1")
        try runner.configure(server, timeouts: "request: 300s")
        _ = try await server.control(
            "/sim/faults", body: #"{"method":"GET","path":"/cluster/resources","effect":"delay","seconds":250}"#)
        let (result, seconds) = try await interrupt("pve.list_vms()", at: server, whenSeen: "GET", "/cluster/resources")
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == "cancelled")
        #expect(seconds < 100)
    }

    @Test func whatWasSentIsFinishedAndNothingNewIsBegun() async throws {
        let server = try await RunningServer("--time-scale", "2")
        try runner.configure(server, timeouts: "request: 300s")
        let (result, _) = try await interrupt(
            #"pcall(pve.vm_action, nil, 101, "shutdown"); pve.vm_action(nil, 102, "shutdown")"#, at: server,
            whenSeen: "GET", ":/status")
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.errors.contains("finishing guest.shutdown of guest 101"), "\(result.errors)")
        #expect(!result.errors.contains("goes on (UPID:"), "\(result.errors)")
        let sent = try await server.requests().filter { $0.method == "POST" }
        #expect(sent.count == 1, "\(sent)")
    }

    @Test func aSecondInterruptLeavesWhatWasSent() async throws {
        let server = try await RunningServer("--time-scale", "200")
        try runner.configure(server, timeouts: "request: 300s")
        let (result, seconds) = try await interrupt(
            #"pve.vm_action(nil, 101, "shutdown")"#, at: server, whenSeen: "GET", ":/status",
            isTwice: true)
        #expect(result.status == 130, "\(result.errors)")
        let message = result.jsonError?["message"]?.string ?? ""
        #expect(message.contains("goes on (UPID:") && message.contains(":qmshutdown:101:"), "\(result.errors)")
        #expect(seconds < 100)
        #expect(try await !server.requests().contains { $0.method == "DELETE" })
    }

    @Test func anotherProcessEndsARun() async throws {
        let server = try await RunningServer("--time-scale", "2")
        try runner.configure(server, timeouts: "request: 300s")
        let errors = try runner.home.write("stderr", "")
        let process = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"),
            [
                "--yes", "-e",
                #"pve.on_failure(function() pve.vm_action(nil, 101, "start") end); "#
                    + #"pve.vm_action(nil, 101, "shutdown"); pve.vm_action(nil, 102, "shutdown")"#,
            ],
            environment: runner.surroundings, errors: FileHandle(forWritingTo: errors))
        let watch = process.end(after: 200)
        defer { watch.cancel() }
        try await eventually("the change at the server") {
            if !process.isRunning { return true }
            return try await server.requests().contains { $0 == "POST" && $1.hasSuffix("/status/shutdown") }
        }
        let canceled = try await runner.pvelua("runs", "cancel", "latest", "--wait", "100")
        let status = await process.ending()
        let said = try String(contentsOf: errors, encoding: .utf8)
        #expect(canceled.status == 0 && canceled.errors.contains("has ended"), "\(canceled.errors)")
        #expect(status == 130, "\(said)")
        #expect(said.contains("finishing guest.shutdown of guest 101"), "\(said)")
        #expect(said.contains("the run was interrupted"), "\(said)")
        #expect(try await server.requests().filter { $0.method == "POST" }.count == 1)
        let again = try await runner.pvelua("runs", "cancel", "latest")
        #expect(again.errors.contains("does not run"), "\(again.errors)")
    }
}
