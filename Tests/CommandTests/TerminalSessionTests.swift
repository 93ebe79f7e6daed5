// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The real binary at a terminal, with a person who types.
struct TerminalSessionTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private var home: TemporaryFolder { runner.home }

    private func session(_ steps: [[String]], _ arguments: String...) async throws -> ProcessResult {
        try await runner.atTerminal(steps, ["--cluster", "demo"] + arguments)
    }

    private let stop = "local r = pve.vm_action(nil, 101, 'stop'); print('now ' .. r.status)"

    @Test func typingWhatIsAskedForStopsTheGuest() async throws {
        let result = try await session([["type (\\d+ \\S+ \\d{4}) to go on", "{1}\n"]], "-e", stop)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("now stopped"))
        #expect(result.output.contains("guest"))
        #expect(result.output.contains("101 web-1 (qemu) on pve1, running"))
    }

    @Test(arguments: ["yes\n", "\n", "101 web-1\n", "\u{4}"])
    func anythingElseLeavesItRunning(answer: String) async throws {
        let result = try await session([["to go on", answer]], "-e", stop)
        #expect(result.status == 20, "\(result.output)")
        #expect(result.output.contains("nothing was sent"))
    }

    @Test func whatWasTypedAheadIsNoAnswer() async throws {
        let script = try home.write(
            "ahead.lua", "io = nil; print('ready'); pve.sleep(3); pve.vm_action(nil, 101, 'shutdown')")
        let result = try await session([["ready", "yes\n"], ["to go on", "no\n"]], "run", script.path)
        #expect(result.status == 20, "\(result.output)")
    }

    @Test func ctrlCAtTheQuestionIsANo() async throws {
        let result = try await session([["to go on", "\u{3}"]], "-e", stop)
        #expect(result.status == 130, "\(result.output)")
        #expect(!result.output.contains("now stopped"))
    }

    @Test func standardInputIsNoPerson() async throws {
        let result = try await runner.pvelua(["--cluster", "demo", "-e", stop], input: "yes\nyes\n101 web-1 0000\n")
        #expect(result.status == 20, "\(result.errors)")
    }

    @Test func aSimpleConfirmationTakesYes() async throws {
        let result = try await session(
            [["type yes to go on", "yes\n"]], "-e", "pve.vm_action(nil, 101, 'shutdown').status")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("stopped"))
    }

    @Test func theReplKeepsItsVariablesThroughErrorsAndLimits() async throws {
        let result = try await session(
            [
                ["demo> ", "x = 41\n"], ["demo> ", "error('boom')\n"], ["demo> ", "while true do end\n"],
                ["demo> ", "for i = 1, 2 do\n"], ["\\.\\.> ", "x = x + i end\n"], ["demo> ", "print('x is ' .. x)\n"],
                ["x is 44[\\s\\S]*demo> ", "pve.list_vms{ tag = 'web' }\n"], ["demo> ", ":help vm_action\n"],
                ["demo> ", "pve.vm_ac\t(nil, 103, 'start').status\n"], ["running[\\s\\S]*demo> ", ":quit\n"],
            ], "--limit", "cpu=300ms", "repl")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("boom"))
        #expect(result.output.contains("limit"))
        #expect(result.output.contains("web-2"))
        #expect(result.output.contains("pve.vm_action([node], guest, action, [options])"))
    }

    @Test func tabCompletesPathsAndParametersOfTheRawAPI() async throws {
        let synced = try await session([], "cluster", "schema", "sync")
        #expect(synced.status == 0, "\(synced.output)")
        let result = try await session(
            [
                ["demo> ", "pve.api.get(\"/nodes/pve1/qemu/101/conf\t\").name\n"],
                ["web-1[\\s\\S]*demo> ", "pve.api.get(\"/cluster/resources\", { ty\t= 'node' })[1].type\n"],
                ["node\\s[\\s\\S]*demo> ", ":quit\n"],
            ], "repl")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("web-1"))
    }

    @Test func ctrlCStopsTheChunkAndNotTheSession() async throws {
        let result = try await session(
            [
                ["demo> ", "y = 7\n"], ["demo> ", "print('busy'); pve.sleep(50)\n"], ["busy\\s", "\u{3}"],
                ["demo> ", "'y is ' .. y\n"],
                ["y is 7[\\s\\S]*demo> ", ":quit\n"],
            ], "repl")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("interrupted"))
    }

    @Test func ctrlCEndsARun() async throws {
        let script = try home.write("long.lua", "print('busy'); pve.sleep(50)")
        let result = try await session([["busy", "\u{3}"]], "run", script.path)
        #expect(result.status == 130, "\(result.output)")
    }
}
