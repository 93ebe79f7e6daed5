// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The REPL as scripts drive it: the real binary with a pipe for its input.
struct ReplSessionTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func repl(_ lines: String..., environment: [String: String] = [:]) async throws -> ProcessResult {
        try await runner.pvelua(
            ["--cluster", "demo", "repl"], environment: environment, input: lines.joined(separator: "\n") + "\n")
    }

    @Test func theLastResultIsAGlobal() async throws {
        let result = try await repl("pve.vm(101)", "_.name", "x = 1", "nil", "_ .. '!'", "_:upper()")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasSuffix("web-1\nweb-1!\nWEB-1!\n"), "\(result.output)")
    }

    @Test func aLimitOfCallsThatIsMetAgainAndAgainKeepsTheVariables() async throws {
        let result = try await runner.pvelua(
            ["--cluster", "demo", "--limit", "calls=10", "repl"],
            input: "y = 7\nwhile true do pcall(pve.now) end\ny\n")
        #expect(result.output.hasSuffix("7\n"), "\(result.output) \(result.errors)")
        #expect(result.errors.contains("[limit]") && !result.errors.contains("is gone"), "\(result.errors)")
    }

    @Test func aRecordIsATableOfItsFieldsAndJSONIsASwitchAway() async throws {
        let result = try await repl(
            "{ name = 'a', tags = { 'x', 'y' }, size = 3 }", ":json", "{ b = 1 }", ":format text", "{ b = 1 }")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output == "field  value\nname   a\nsize   3\ntags   x, y\n{\"b\":1}\n{ b = 1 }\n", "\(result.output)"
        )
    }

    @Test func variablesAreListedWithoutRunningAnythingOfTheirs() async throws {
        let result = try await repl(
            "vm = pve.vm(101)", "n = 3", "t = setmetatable({ a = 1 }, { __index = error, __pairs = error })", ":vars",
            "next = nil", ":vars")
        #expect(result.output.contains("n     number  3"), "\(result.output)")
        #expect(result.output.contains("vm    guest   pve.vm(101)"), "\(result.output)")
        #expect(result.output.contains("t     table   a"), "\(result.output)")
    }

    @Test func whatIsPlannedIsNotSentUntilItIsApplied() async throws {
        let result = try await repl(
            "vm = pve.vm(103)", ":plan on", "vm:start()", "pve.vm(103).status", ":plan", ":plan off",
            "pve.vm(103).status")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("+ guest.start 103 ("), "\(result.errors)")
        #expect(result.output.contains("running\n+ guest.start 103"), "\(result.output)")
        #expect(result.output.hasSuffix("stopped\n"), "\(result.output)")
    }

    @Test func aFailedInputLeavesNothingInThePlan() async throws {
        let result = try await repl(":plan on", "pve.vm(103):start(); error('boom')", "pve.vm(103).status", ":plan")
        #expect(result.output == "stopped\nnothing is planned yet\n", "\(result.output)")
    }

    @Test func theAppliedPlanIsCarriedOut() async throws {
        let result = try await repl(":plan on", "pve.vm(103):start().status", ":apply", "pve.vm(103).status", ":plan")
        #expect(result.errors.contains("the plan is applied"), "\(result.errors)")
        #expect(result.output == "running\nrunning\nrunning\n", "\(result.output)")
        #expect(result.errors.contains("nothing is being planned"))
    }

    @Test func explainingACallSendsNothing() async throws {
        let result = try await repl(
            "vm = pve.vm(101)", ":explain vm:stop()", ":explain pve.list_vms()", "pve.vm(101).status")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("guest.stop 101 (web-1): confirm-typed, by rule "), "\(result.output)")
        #expect(result.output.hasSuffix("it changes nothing\nrunning\n"), "\(result.output)")
    }

    @Test func aSavedSessionIsARunbook() async throws {
        let file = runner.home.url.appendingPathComponent("saved.lua").path
        let result = try await repl(
            "pve.vm(101)", "_.name", "local x = 2", "broken(", ")", "error('no')", "name = _ .. '!'", "1 + 1",
            "for i = 1, 2 do", "  print(i)", "end", "password = 'canary-1'", "print(name)", ":save \(file)",
            ":save \(file)",
            ":save! \(file)")
        #expect(result.errors.contains("is there already"), "\(result.errors)")
        #expect(result.errors.contains("left out 1 that hold a secret"))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(
            text.hasPrefix("-- runbook{ name = ") && !text.contains("canary-1") && !text.contains("error("), "\(text)")
        let run = try await runner.pvelua("--cluster", "demo", "run", file)
        #expect(run.status == 0, "\(run.errors)\n\(text)")
        #expect(run.output == "1\n2\nweb-1!\n", "\(run.output)")
    }

    @Test func whatWasOnlyPlannedIsNotSaved() async throws {
        let file = runner.home.url.appendingPathComponent("saved.lua").path
        _ = try await repl("x = 1", ":plan on", "pve.vm(103):start()", ":plan off", "y = 2", ":save \(file)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasSuffix("\nx = 1\ny = 2\n"), "\(text)")
    }

    @Test func aFileIsLoadedIntoTheSession() async throws {
        let file = try runner.home.write("part.lua", "loaded = 7\nreturn 'done'")
        let result = try await repl(":load \(file.path)", "loaded + 1", ":load /nowhere.lua", ":history")
        #expect(result.output.hasPrefix("done\n8\n   1  loaded = 7"), "\(result.output)")
        #expect(result.errors.contains("/nowhere.lua"))
    }

    @Test func unknownCommandsSuggest() async throws {
        let result = try await repl(":histroy", ":expl", ":plan maybe", ":cluster dmeo", ":x\u{1b}[2Jy", "'still here'")
        for text in ["did you mean :history?", "did you mean :explain?", ":plan on, :plan off", "no cluster"] {
            #expect(result.errors.contains(text), "\(text): \(result.errors)")
        }
        #expect(!result.errors.contains("\u{1b}") && result.output == "still here\n")
        #expect(result.status == 2)
    }

    @Test func helpHasALineForEachCommand() async throws {
        let result = try await repl(":help commands", ":help :save", ":help vm_action")
        for text in [
            "  :explain CALL", "\n  :quit ", ":save FILE", "pve.vm_action([node], guest, action, [options])",
        ] {
            #expect(result.output.contains(text), "\(text)")
        }
        #expect(result.output.split(separator: "\n").filter { $0.hasPrefix("  :") }.allSatisfy { $0.count <= 80 })
    }

    @Test func aPasteOfTwoHundredLinesIsOneInput() async throws {
        let lines = ["t = {"] + (1...198).map { "  \($0)," } + ["}", "#t"]
        let result = try await repl(lines.joined(separator: "\n"), ":history")
        #expect(result.output.hasPrefix("198\n"), "\(result.errors)")
        #expect(result.output.contains("\n   2  #t\n"))
    }

    @Test func aLineOfAMegabyteAndBytesThatAreNoTextHarmNothing() async throws {
        let long = "x = '" + String(repeating: "a", count: 1 << 20) + "'"
        let result = try await repl(long, "#(x or 'gone')", "'\u{0}\u{7f}\u{fffd}' == nil", "'here'")
        #expect(result.output.hasSuffix("here\n"), "\(result.output)")
        #expect(result.errors.contains("repl"))
        let script = try runner.home.write("bytes", "")
        try Data([0x27, 0xff, 0xfe, 0x27, 0x0a] + Array("1 + 1\n".utf8)).write(to: script)
        let raw = try await run(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c", "exec \"$0\" --cluster demo repl < \"$1\"", Places.products.appendingPathComponent("pvelua").path,
                script.path,
            ],
            environment: runner.surroundings)
        #expect(raw.output.hasSuffix("2\n") && raw.status == 0, "\(raw.errors)")
    }

    @Test func resettingForgetsVariables() async throws {
        let result = try await repl("x = 1", ":reset", "x == nil", ":time on", "1")
        #expect(result.output == "true\n1\n", "\(result.output)")
        #expect(result.errors.contains("took "))
    }
}
