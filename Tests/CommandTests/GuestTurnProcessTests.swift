// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Two real pvelua at one guest of one real server.
struct GuestTurnProcessTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    @Test(arguments: [false, true])
    func theSecondWaitsForTheFirstOrSettlesWhatItLeft(isKilled: Bool) async throws {
        let server = try await RunningServer("--time-scale", "3")
        try runner.configure(server, timeouts: "request: 300s")
        let errors = try runner.home.write("stderr", "")
        let first = try ChildProcess(
            Places.products.appendingPathComponent("pvelua"),
            ["--yes", "-e", #"return pve.vm_action(nil, 101, "shutdown").status"#],
            environment: runner.surroundings, errors: FileHandle(forWritingTo: errors))
        let watch = first.end(after: 200)
        defer { watch.cancel() }
        // By then the task is in the journal: it is followed only after that.
        try await eventually("the first one at its task") {
            if !first.isRunning { return true }
            return try await server.requests().contains { $0.method == "GET" && $0.path.contains("/tasks/UPID") }
        }
        if isKilled { first.signal(SIGKILL) }
        let second = try await runner.pvelua("-e", #"return pve.snapshot(nil, 101, { name = "after" }).name"#)
        #expect(second.status == 0 && second.output == "after\n", "\(second.errors)")
        let status = await first.ending()
        if isKilled {
            #expect(
                second.errors.contains("step 1 of run ") && second.errors.contains(" is done: "), "\(second.errors)")
        } else {
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(status == 0, "\(text)")
            #expect(second.errors.contains("waiting for run "), "\(second.errors)")
        }
        let writes = try await server.requests().filter { $0.method == "POST" && $0.path.contains("/101/") }
        #expect(writes.map { $0.path.split(separator: "/").last } == ["shutdown", "snapshot"])
    }
}
