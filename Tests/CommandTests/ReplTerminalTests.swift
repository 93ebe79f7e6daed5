// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The REPL at a terminal, with a person who types.
struct ReplTerminalTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func session(_ steps: [[String]], terminal: String = "xterm") async throws -> ProcessResult {
        try await runner.atTerminal(
            steps, ["--cluster", "demo", "repl"], environment: ["TERM": terminal, "NO_COLOR": "1"])
    }

    @Test func tabKnowsTheGuestsTheVariablesAndTheChoices() async throws {
        let result = try await session([
            ["demo> ", "pve.vm(\"web-1\t\").vmid\n"], ["101\\s[\\s\\S]*demo> ", "memory_of = { limit = 5 }\n"],
            ["demo> ", "memory\t.lim\t * 3\n"], ["15\\s[\\s\\S]*demo> ", "#pve.list_vms{ stat\t = 'runn\t' } > 0\n"],
            ["true\\s[\\s\\S]*demo> ", ":qu\t\n"],
        ])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func ctrlCClearsTheLineEndsACallAndSaysNo() async throws {
        let result = try await session([
            ["demo> ", "y = 7\n"], ["demo> ", "error('never run\u{3}"], ["demo> ", "print('on') pve.sleep(50)\n"],
            ["sleep\\(50\\)\\s+on\\s", "\u{3}"], ["interrupted[\\s\\S]*demo> ", "pve.vm_action(nil, 101, 'stop')\n"],
            ["to go on", "\u{3}"], ["demo> ", "y .. pve.vm(101).status\n"], ["7running\\s[\\s\\S]*demo> ", "\u{4}"],
        ])
        #expect(result.status == 0, "\(result.output)")
        #expect(!result.output.contains("never run'"))
    }

    @Test func severalLinesComeBackFromTheHistoryAsOne() async throws {
        let first = try await session([
            ["demo> ", "for i = 1, 2 do\n"], ["\\.> ", "print('n' .. i) end\n"],
            ["n2\\s[\\s\\S]*demo> ", "password = 'x'\n"],
            ["demo> ", ":quit\n"],
        ])
        #expect(first.status == 0, "\(first.output)")
        let state = runner.home.url.appendingPathComponent("state/pvelua")
        let file = state.appendingPathComponent("history-demo")
        #expect(!(try String(contentsOf: file, encoding: .utf8).contains("password")))
        #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
        let second = try await session([
            ["demo> ", "\u{10}\u{10}\n"], ["n1\\s+n2\\s[\\s\\S]*demo> ", ":quit\n"],
        ])
        #expect(second.status == 0, "\(second.output)")
    }

    @Test func thePromptTellsOfAFreezeAndOfAPlan() async throws {
        let frozen = try await runner.pvelua("freeze", "--for", "1h", "--reason", "test")
        #expect(frozen.status == 0, "\(frozen.errors)")
        let result = try await session([
            ["frozen until[\\s\\S]*demo frozen> ", ":plan on\n"], ["demo plan> ", ":plan off\n"],
            ["demo frozen> ", "\u{4}"],
        ])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func aPlanIsAppliedAfterOneQuestion() async throws {
        let result = try await session([
            ["demo> ", ":plan on\n"], ["demo plan> ", "pve.vm(101):shutdown().status\n"],
            ["guest.shutdown 101 \\(web-1\\)  confirm[\\s\\S]*demo plan> ", "pve.vm(102):shutdown().status\n"],
            ["demo plan> ", ":apply\n"], ["to go on", "\u{3}"], ["nothing was sent[\\s\\S]*demo plan> ", ":apply\n"],
            ["type (.*) to go on", "{1}\n"], ["applied[\\s\\S]*demo> ", "pve.vm(101).status .. pve.vm(102).status\n"],
            ["stoppedstopped[\\s\\S]*demo> ", ":quit\n"],
        ])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func coloursAreOnlyWhereTheyAreWanted() async throws {
        let plain = try await session([["demo> ", ":plan on\n"], ["demo plan> ", ":quit\n"]], terminal: "dumb")
        #expect(plain.status == 0 && !plain.output.contains("\u{1b}"), "\(plain.output)")
        let coloured = try await runner.atTerminal(
            [["demo> ", ":plan on\n"], ["demo plan> ", ":quit\n"]], ["--cluster", "demo", "repl"])
        #expect(coloured.output.contains("\u{1b}[33m"), "\(coloured.output)")
    }

    /// The page's session, typed at a terminal that can do nothing but show text.
    @Test func theSessionOfThePageIsRecorded() async throws {
        let inputs = [
            "pve.list_vms{ tag = \"web\" }", "vm = _[1]", "vm.name", "for _, guest in ipairs(pve.find(\"web-*\")) do",
            "  print(guest.vmid, guest.status)", "end", "pve.vm(999)", ":explain vm:stop()", ":plan on",
            "vm:shutdown().status",
            "pve.vm(101).status", ":apply", "yes", "pve.vm(101).status", ":vars", ":quit",
        ]
        let steps = inputs.map { [$0 == "yes" ? "to go on" : "(?:demo|demo plan|\\.+)> ", $0 + "\n"] }
        let result = try await session(steps, terminal: "dumb")
        #expect(result.status == 0, "\(result.output)")
        let session = result.output.replacing("\r\n", with: "\n").replacing(/[0-9a-f]{64}/, with: "3f9c…")
            .replacing(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?/, with: "2026-11-23 05:00")
            .replacing(/pvelua \d+\.\d+\.\d+\S*/, with: "pvelua 0.1.0").replacing(
                /human \([^)]*\)/, with: "human (ops)"
            )
            .components(separatedBy: "\n").map { $0.replacing(/\s+$/, with: "") }.joined(separator: "\n")
        let page = "docs/repl.md"
        let text = try String(contentsOf: Places.repository.appendingPathComponent(page), encoding: .utf8)
        let parts = text.components(separatedBy: "```text\n")
        #expect(parts.count == 2)
        guard let end = parts.last?.range(of: "```\n") else { return #expect(Bool(false), "no block of text") }
        let rest = parts[1][end.lowerBound...]
        try expectRecorded(page, parts[0] + "```text\n" + session + rest)
    }
}
