// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import Terminal
import TestSupport
import Testing

@testable import Commands
@testable import Runbook

/// What a run that failed says of its changes: done, not done, in doubt, undone, and what to do next.
struct FailureReportTests {
    private let script = """
        pve.vm_action(nil, 103, "start")
        pve.on_failure(function() pve.vm_action(nil, 103, "shutdown") end)
        pve.on_failure(function() pve.vm_action(nil, 101, "stop") end)
        pve.vm_action(nil, 111, "start")
        pve.snapshot(nil, 101, { name = "clean" })
        """

    /// The lines behind the error itself.
    private func account(_ result: ProcessResult) -> [String] {
        let lines = result.errors.split(separator: "\n").map(String.init)
        return Array(lines.drop { !$0.hasPrefix("  done when it failed") })
    }

    @Test func itSaysWhatWasDoneWhatNotAndWhatNext() async throws {
        let result = try await CommandLineRunner().pvelua(["--cluster", "demo", "--yes", "eval", "-"], input: script)
        let lines = account(result)
        #expect(result.status != 0)
        try #require(lines.count == 8, "\(result.errors)")
        #expect(lines[0].hasPrefix("  done when it failed (run "))
        #expect(lines[1] == "    done     guest.start      guest 103 (build-1) on pve1")
        #expect(lines[2] == "    done     guest.start      guest 111 (mail-1) on pve3")
        #expect(lines[3] == "    failed   snapshot.create  guest 101 (web-1) on pve1", "the error has said the rest")
        #expect(lines[4] == "  pve.on_failure (newest first)")
        #expect(lines[5].hasPrefix("    failed   stdin:3  guest.stop"), "\(lines[5])")
        #expect(lines[5].hasSuffix("[confirmation_required]"))
        #expect(lines[6] == "    done     stdin:2  guest.shutdown of guest 103 (build-1) done")
        #expect(lines[7].hasPrefix("  next: undo by hand"))
    }

    @Test func itIsPartOfTheErrorAsJSON() async throws {
        let result = try await CommandLineRunner().pvelua(
            ["--cluster", "demo", "--yes", "--format", "json", "eval", "-"], input: script)
        let run = try #require(result.jsonError?["run"], "\(result.errors)")
        #expect(run["id"]?.string?.isEmpty == false)
        let steps = try #require(run["steps"]?.array)
        #expect(steps.map { $0["state"]?.string } == ["done", "done", "failed", "done"])
        #expect(steps.map { $0["vmid"] } == [103, 111, 101, 103])
        #expect(steps.allSatisfy { $0["upid"]?.string != nil || $0["state"]?.string == "failed" })
        #expect(steps.last?["on_failure"] == 1)
        let compensations = try #require(run["on_failure"]?.array)
        #expect(compensations.map { $0["state"]?.string } == ["failed", "done"])
        #expect(compensations.first?["error"]?["kind"]?.string == "confirmation_required")
    }

    @Test(arguments: [
        "pve.vm(999)", "error('x')", "pve.vm_action(nil, 101, 'stop')", "pve.list_vms{ x = 1 }", "x = = 1",
    ])
    func aRunThatChangedNothingSaysNothingOfIt(code: String) async throws {
        let runner = try CommandLineRunner()
        #expect(try await !runner.lua(code).errors.contains("done when"))
        let json = try await runner.lua(code, "--format", "json")
        #expect(json.jsonError?.object != nil && json.jsonError?["run"] == nil, "\(json.errors)")
    }

    @Test func muchIsToldInADozenLines() async throws {
        let code = """
            for i = 1, 9 do
              local undo = pve.on_failure(function() error("no " .. i) end)
              pve.snapshot(nil, 101, { name = "s" .. i })
            end
            pve.snapshot(nil, 102, { name = "a-much-too-long-name-for-a-snapshot-of-any-guest" })
            """
        let result = try await CommandLineRunner().pvelua(["--cluster", "demo", "eval", "-"], input: code)
        let lines = account(result)
        #expect(lines.count <= 12, "\(result.errors)")
        #expect(lines.contains("    … and 5 more"))
        #expect(lines.contains("    … and 6 more"))
    }

    /// States of the steps, and what the last line tells to do.
    @Test(arguments: [
        ([StepState.done, .inDoubt, .accepted], "find out what became of what is in doubt"),
        ([.done, .sent], "find out what became"), ([.done, .accepted], "wait until what goes on has ended"),
        ([.done, .failed], "what is done stays done"), ([.doneWithWarnings], "what is done stays done"),
    ])
    func doubtIsToldFirst(states: [StepState], next: String) {
        let lines = RunAccountReport(
            account: Self.account(states), failure: Failure(.script, "x"), style: Style(isEnabled: false)
        ).lines()
        #expect(lines.count == states.count + 2)
        #expect(lines.last?.hasPrefix("  next: " + next) == true, "\(lines)")
    }

    @Test func ofManyStepsThoseThatNeedSomebodyAreShown() {
        var states = [StepState](repeating: .done, count: 30)
        states[1] = .inDoubt
        states[7] = .failed
        let lines = RunAccountReport(
            account: Self.account(states), failure: Failure(.script, "x"), style: Style(isEnabled: false)
        ).lines()
        #expect(lines.count == 7)
        #expect(lines[1].hasPrefix("    in doubt ") && lines[1].contains("guest 1 "))
        #expect(lines[2].hasPrefix("    failed ") && lines[2].contains("guest 7 "))
        #expect(lines[5] == "    … and 26 more")
    }

    @Test(arguments: [[StepState.failed], [.notHappened], [.inDoubt], []])
    func whatTheErrorSaysAlreadyIsNotSaidTwice(states: [StepState]) {
        #expect(
            !RunAccountReport(
                account: Self.account(states), failure: Failure(.script, "x"), style: Style(isEnabled: false)
            ).isWorthTelling)
    }

    @Test func hostileNamesAreCleaned() {
        var account = Self.account([.done, .failed])
        account.steps[0].subject = "guest 1 (\u{1b}[2Jevil\nname)"
        account.steps[1].problem = "no\u{7}\u{9b}31m"
        account.compensations = [CompensationNote(number: 1, location: "\u{1b}]0;x\u{7}", end: .notRun("why"))]
        for line in RunAccountReport(account: account, failure: Failure(.script, "x"), style: Style(isEnabled: false))
            .lines()
        {
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) })
        }
    }

    private static func account(_ states: [StepState]) -> RunAccount {
        RunAccount(
            run: "r1",
            steps: states.enumerated().map { index, state in
                StepNote(
                    number: index + 1, action: "guest.start", subject: "guest \(index) (name)", node: "pve1",
                    state: state)
            }, compensations: [])
    }
}
