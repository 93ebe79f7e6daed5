// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The real binary against a real server: one process stops, another goes on.
struct ResumeCommandTests {
    let runner: CommandLineRunner
    let server: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
        try runner.configure(server)
    }

    /// Runs a script that gets as far as a question nobody is there to answer; gives its path and the run's id.
    private func stopped(_ more: String = "") async throws -> (script: String, id: String) {
        let script = try runner.home.write(
            "job.lua",
            """
            local p = ...
            pve.vm_action(nil, 103, "start")
            print(pve.now())
            pve.vm_action(nil, 101, "shutdown")
            print("both")
            \(more)
            """
        ).path
        let result = try await runner.pvelua("run", "--format", "json", script)
        #expect(result.status == 20, "\(result.errors)")
        return (script, try #require(result.jsonError?["run"]?["id"]?.string, "\(result.errors)"))
    }

    @Test func anotherProcessGoesOn() async throws {
        let (_, id) = try await stopped()
        let result = try await runner.pvelua("runs", "resume", "--yes", String(id.prefix(14)))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasSuffix("\nboth\n"))
        #expect(result.errors.contains("resuming run \(id): "), "\(result.errors)")
        #expect(result.errors.contains("1 steps were done"))
        let starts = try await server.requests().filter { $0.path.hasSuffix("103/status/start") }
        #expect(starts.count == 1)
        let again = try await runner.pvelua("runs", "resume", id)
        #expect(again.status == 2 && again.errors.contains("has come to its end"), "\(again.errors)")
    }

    @Test func aChangedScriptIsRefusedAndTheDifferenceShown() async throws {
        let (script, id) = try await stopped()
        let text = try String(contentsOfFile: script, encoding: .utf8)
        try text.replacing("101", with: "102").write(toFile: script, atomically: true, encoding: .utf8)
        let result = try await runner.pvelua("runs", "resume", "--yes", id)
        #expect(result.status == 5, "\(result.errors)")
        #expect(
            result.errors.contains("-pve.vm_action(nil, 101, \"shutdown\")\n+pve.vm_action(nil, 102"),
            "\(result.errors)")
        try FileManager.default.removeItem(atPath: script)
        let gone = try await runner.pvelua("runs", "resume", "--yes", id)
        #expect(gone.status == 0 && gone.errors.contains("goes on with the script as it was"), "\(gone.errors)")
    }

    @Test func whatCannotGoOnIsToldWhy() async throws {
        let unknown = try await runner.pvelua("runs", "resume", "nothing")
        #expect(unknown.status == 5 && unknown.errors.contains("there is no run nothing"), "\(unknown.errors)")
        let result = try await runner.pvelua(
            "--format", "json", "-e", "pve.vm_action(nil, 103, 'start') error('x')")
        let id = try #require(result.jsonError?["run"]?["id"]?.string)
        let failed = try await runner.pvelua("runs", "resume", id)
        #expect(failed.status == 2 && failed.errors.contains("ended by its own failure"), "\(failed.errors)")
    }
}
