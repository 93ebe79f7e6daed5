// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Runs that go on without the terminal: their output is in the journal, and people come back to them.
struct DetachTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func script(_ code: String) throws -> String { try runner.home.write("job.lua", code).path }

    @Test func itsOutputAndItsEndAreThereForWhoeverComesBack() async throws {
        let path = try script("print('one') pve.log('for the log') print('two') error('three')")
        let begun = try await runner.pvelua("--cluster", "demo", "run", "--detach", path)
        #expect(begun.status == 0, "\(begun.errors)")
        let id = begun.output.trimmingCharacters(in: .newlines)
        #expect(begun.errors.contains("pvelua runs show --follow \(id)"))
        let followed = try await runner.pvelua("runs", "show", "--follow", id)
        #expect(followed.status == 1, "\(followed.errors)")
        #expect(followed.output == "one\ntwo\n")
        #expect(followed.errors.contains("for the log") && followed.errors.contains("job.lua:1: three"))
        let again = try await runner.pvelua("runs", "show", id, "--output")
        #expect(again.output == "one\ntwo\n" && again.errors.contains("three"), "\(again.errors)")
    }

    /// Much output comes whole and in order, although it is kept in pieces.
    @Test func muchOutputComesWhole() async throws {
        let path = try script("for i = 1, 20000 do print('line ' .. i) end")
        let begun = try await runner.pvelua("--cluster", "demo", "--quiet", "run", "--detach", path)
        let id = begun.output.trimmingCharacters(in: .newlines)
        let followed = try await runner.pvelua("--quiet", "runs", "show", "--follow", id)
        #expect(followed.output == (1...20000).map { "line \($0)\n" }.joined())
    }

    @Test func whatFailsBeforeItBeginsIsToldAtOnce() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "run", "--detach", "nowhere.lua")
        #expect(result.status == 2 && result.errors.contains("nowhere.lua"), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func programsGetItsNameAsJSON() async throws {
        let path = try script("return 1")
        let result = try await runner.pvelua("--cluster", "demo", "--format", "json", "run", "--detach", path)
        let id = try #require(try JSONValue(parsing: result.output)["run"]?.string)
        let shown = try await runner.pvelua("runs", "show", "--follow", id)
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("1"))
    }

    /// A run that nobody sits before asks nobody.
    @Test func aQuestionIsANo() async throws {
        let path = try script("pve.vm_action(nil, 101, 'stop')")
        let begun = try await runner.pvelua("--cluster", "demo", "run", "--detach", path)
        let id = begun.output.trimmingCharacters(in: .newlines)
        let shown = try await runner.pvelua("runs", "show", "--follow", id)
        #expect(shown.status == 20, "\(shown.errors)")
    }

    @Test func itIsEndedFromElsewhereAndCanBeResumed() async throws {
        let server = try await RunningServer("--time-scale", "1")
        try runner.configure(server)
        let path = try script("pve.vm_action(nil, 101, 'reboot') pve.vm_action(nil, 102, 'reboot') print('end')")
        let begun = try await runner.pvelua("--yes", "run", "--detach", path)
        let id = begun.output.trimmingCharacters(in: .newlines)
        try await eventually("the first change at the server") {
            try await server.requests().contains { $0 == "POST" && $1.hasSuffix("/status/reboot") }
        }
        let canceled = try await runner.pvelua("runs", "cancel", id, "--wait", "60")
        #expect(canceled.status == 0, "\(canceled.errors)")
        let resumed = try await runner.pvelua("--yes", "runs", "resume", id)
        #expect(resumed.status == 0 && resumed.output == "end\n", "\(resumed.errors)")
        #expect(try await server.requests().filter { $0.method == "POST" }.count == 2)
    }

    @Test func aPlanIsAppliedWithoutTheTerminal() async throws {
        let path = try script("pve.vm_action(nil, 103, 'start') print('started')")
        let plan = runner.home.url.appendingPathComponent("job.plan.json").path
        let planned = try await runner.pvelua("--cluster", "demo", "plan", path, "--out", plan)
        #expect(planned.status == 0, "\(planned.errors)")
        let begun = try await runner.pvelua("--yes", "apply", "--detach", plan)
        #expect(begun.status == 0, "\(begun.errors)")
        let id = begun.output.trimmingCharacters(in: .newlines)
        let shown = try await runner.pvelua("runs", "show", "--follow", id)
        #expect(shown.status == 0 && shown.output == "started\n", "\(shown.errors)")
        let again = try await runner.pvelua("--yes", "apply", "--detach", plan)
        #expect(again.status == 23 && again.output.isEmpty, "\(again.errors)")
    }
}
