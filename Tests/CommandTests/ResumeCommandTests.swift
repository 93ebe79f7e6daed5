// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

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

    /// What a person began goes on under the rules for whoever resumes it, and `--yes` is no person.
    @Test(arguments: ["CI", "CLAUDECODE"]) func aProgramGetsPastNoQuestionByResuming(_ variable: String) async throws {
        let script = try runner.home.write(
            "stop.lua", "pve.vm_action(nil, 103, 'start') pve.vm_action(nil, 101, 'stop') print('stopped')"
        ).path
        let begun = try await runner.pvelua("run", "--format", "json", script)
        let id = try #require(begun.jsonError?["run"]?["id"]?.string, "\(begun.errors)")
        for choice in ["keep", "undo"] {
            let resumed = try await runner.pvelua(
                ["--yes", "runs", "resume", "--on-cancel", choice, id], environment: [variable: "1"])
            #expect([20, 21, 22].contains(resumed.status), "\(resumed.status) \(resumed.errors)")
        }
        #expect(try await server.requests().filter { $0.method != "GET" }.count == 1)
    }

    /// The embedded cluster lives in its process only: another one of the name knows nothing of the run.
    @Test func aRunOnTheEmbeddedClusterIsSaidToBeGone() async throws {
        let script = try runner.home.write(
            "demo.lua", "pve.vm_action(nil, 103, 'start') pve.vm_action(nil, 101, 'shutdown')"
        ).path
        let begun = try await runner.pvelua("--cluster", "demo", "run", "--format", "json", script)
        let id = try #require(begun.jsonError?["run"]?["id"]?.string, "\(begun.errors)")
        let resumed = try await runner.pvelua("--yes", "--format", "json", "runs", "resume", id)
        #expect(resumed.jsonError?["kind"]?.string == "conflict", "\(resumed.errors)")
        #expect(resumed.errors.contains("was in memory and is gone"), "\(resumed.errors)")
        #expect(!resumed.errors.contains("not_happened"))
    }

    @Test func ofTwoThatGoOnWithARunOneIsRefused() async throws {
        let (_, id) = try await stopped("pve.sleep(0.5)")
        async let first = runner.pvelua("runs", "resume", "--yes", id)
        async let second = runner.pvelua("runs", "resume", "--yes", id)
        let results = try await [first, second]
        #expect(results.count { $0.status == 0 } == 1, "\(results.map(\.errors))")
        let refused = try #require(results.first { $0.status != 0 })
        #expect(refused.errors.contains("is going on in another process"), "\(refused.errors)")
        let shutdowns = try await server.requests().filter { $0.path.hasSuffix("101/status/shutdown") }
        #expect(shutdowns.count == 1)
    }

    /// Whatever somebody did to the file: what was sent is not sent again without a word.
    @Test(arguments: [
        "UPDATE step SET state = 'intent', upid = NULL, outcome = NULL, ended = NULL WHERE sequence = 1",
        "UPDATE step SET state = 'not_happened' WHERE sequence = 1",
        "UPDATE step SET upid = replace(upid, ':qmstart:', ':qmstop:') WHERE sequence = 1",
        "DELETE FROM audit WHERE kind = 'outcome'",
        "DELETE FROM step WHERE sequence = 1",
    ])
    func aRecordThatWasTamperedWithIsNotGoneOnWith(_ forgery: String) async throws {
        let (_, id) = try await stopped()
        let place = runner.home.url.appendingPathComponent("state/pvelua/journal.sqlite").path
        do {
            let connection = try SQLiteConnection(path: place)
            try connection.execute(forgery)
            #expect(connection.changes >= 1)
        }
        let result = try await runner.pvelua("--format", "json", "runs", "resume", "--yes", id)
        #expect(result.jsonError?["kind"]?.string == "conflict", "\(result.errors)")
        #expect(result.errors.contains("changed by something else than pvelua: step 1"), "\(result.errors)")
        #expect(try await server.requests().filter { $0.method != "GET" }.count == 1)
    }
}
