// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

struct ExpressionTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    @Test(arguments: [
        ("return 1", "1\n"), ("1 + 1", "2\n"), ("1.5", "1.5\n"), ("2^53", "9007199254740992.0\n"), ("'text'", "text\n"),
        ("nil", ""), ("true, nil, 3", "true\tnil\t3\n"), ("{}", "{}\n"),
        ("{ a = 1, b = { 'x' } }", "{ a = 1, b = { \"x\" } }\n"),
        ("print('hello')", "hello\n"), ("local x = 4; print(x)", "4\n"), ("#pve.list_vms()", "6\n"),
        ("0/0 ~= 0/0", "true\n"),
        ("math.maxinteger", "9223372036854775807\n"), ("1e100", "1e+100\n"),
    ])
    func printsTheValueOfAnExpression(code: String, expected: String) async throws {
        let result = try await runner.lua(code)
        #expect(result.output == expected)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func writesJSONWhenAsked() async throws {
        let result = try await runner.lua("{ list = { 1, 2 }, text = 'a\"b', none = nil }", "--format", "json")
        let json = try JSONValue(parsing: result.output)
        #expect(json["list"] == [1, 2])
        #expect(json["text"] == "a\"b")
    }

    /// JSON has no table with other keys than text, and no hole in a list.
    @Test(arguments: [
        ("{ [101] = 'web', x = true }", #"{"101":"web","x":true}"#), ("{ 1, nil, 3 }", "[1,null,3]"),
        ("{ [1.5] = 1, [false] = 2 }", #"{"1.5":1,"false":2}"#),
        ("pve.parallel({ 1, 2, 3 }, function(n) return n ~= 2 and n or nil end)", "[1,null,3]"),
    ])
    func aTableIsWrittenWhateverItsKeys(code: String, expected: String) async throws {
        let result = try await runner.lua(code, "--format", "json")
        #expect(try JSONValue(parsing: result.output) == JSONValue(parsing: expected), "\(result.output)")
    }

    @Test func whatIsNestedTooDeepIsALimit() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "--limit", "depth=2", "-e", "{{{{}}}}")
        #expect(result.status == 24 && result.errors.contains("limit depth"), "\(result.errors)")
    }

    @Test func anExpressionThatIsACallHasALine() async throws {
        let result = try await runner.lua("pve.vm(999)")
        #expect(result.errors.hasPrefix("pvelua: (-e):1: "), "\(result.errors)")
    }

    @Test func oneOfTwoPiecesOfCodeIsNotDropped() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "-e", "print(1)", "-e", "print(2)")
        #expect(result.status == 2 && result.output.isEmpty && result.errors.contains("-e is given 2 times"))
    }

    @Test func takesOptionsBehindTheCodeToo() async throws {
        let result = try await runner.pvelua("-e", "pve.params.tag", "--cluster", "demo", "--param", "tag=web")
        #expect(result.output == "web\n")
    }

    @Test func readsStandardInput() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "eval", "-", input: "print('from stdin')\nreturn 3")
        #expect(result.output == "from stdin\n3\n")
    }

    @Test func saysThatTheDemoClusterIsTheDefault() async throws {
        let result = try await runner.pvelua("-e", "return 1")
        #expect(result.output == "1\n")
        #expect(result.errors.contains("demo"))
    }

    @Test(arguments: [
        ("error('boom')", 1, "script"), ("local x = ", 1, "script"), ("pve.lst_vms()", 1, "script"),
        ("pve.vm_action(nil, 'x', 'start')", 1, "parameter"), ("pve.vm(999)", 5, "not_found"),
        ("pve.vm_action('nosuch', 101, 'start')", 5, "not_found"),
        ("pve.api.get('/nodes/pve1/nope')", 5, "unsupported"),
        ("pve.api.get('/nope')", 22, "policy_denied"),
        ("pve.vm_action(nil, 110, 'reset')", 5, "unsupported"),
        ("pve.vm_action(nil, 101, 'stop')", 20, "confirmation_required"),
        ("pve.vm_action(nil, 101, 'shutdown')", 20, "confirmation_required"),
        ("while true do end", 24, "limit"),
        ("local t = {} while true do t[#t+1] = ('x'):rep(1000) .. #t end", 24, "limit"),
    ])
    func endsWithTheStatusOfItsError(code: String, status: Int32, kind: String) async throws {
        let result = try await runner.lua(code, "--format", "json", "--limit", "cpu=500ms,memory=32MiB")
        #expect(result.status == status, "\(result.errors)")
        #expect(result.jsonError?["kind"]?.string == kind, "\(result.errors)")
        #expect(result.output == "")
    }

    @Test func stopsNothingWithoutConsent() async throws {
        let code = """
            local ok, e = pcall(pve.vm_action, nil, 101, "stop")
            print(ok, e.kind, pve.vm(101).status)
            """
        let result = try await runner.lua(code)
        #expect(result.output == "false\tconfirmation_required\trunning\n")
        let yes = try await runner.lua(code, "--yes")
        #expect(yes.output == "false\tconfirmation_required\trunning\n", "--yes must not answer a typed confirmation")
    }

    @Test func yesAnswersASimpleConfirmation() async throws {
        let result = try await runner.lua(
            "local r = pve.vm_action(nil, 101, 'shutdown'); print(r.status, r.changed, r.verified)", "--yes")
        #expect(result.output == "stopped\ttrue\ttrue\n", "\(result.errors)")
    }

    @Test(arguments: [("CI", "true"), ("CLAUDECODE", "1")])
    func demandsAnApprovalFromAgentsAndCI(name: String, value: String) async throws {
        let result = try await runner.pvelua(
            "--cluster", "demo", "--yes", "-e", "pve.vm_action(nil, 103, 'start')", environment: [name: value])
        #expect(result.status == 21, "\(result.errors)")
    }

    @Test func errorsNameTheLineAndTheHint() async throws {
        let file = try runner.home.write("broken.lua", "local x = 1\nprint(x)\npve.vm_action(nil, 101, \"explode\")\n")
        let result = try await runner.pvelua("--cluster", "demo", "run", file.path)
        #expect(result.output == "1\n")
        #expect(result.errors.contains("broken.lua:3"), "\(result.errors)")
        #expect(result.errors.contains("3 | pve.vm_action(nil, 101, \"explode\")"), "\(result.errors)")
        #expect(result.errors.contains("hint:"))
    }

    @Test func outputThatCannotBeWrittenIsNoSuccess() async throws {
        let pvelua = Places.products.appendingPathComponent("pvelua").path
        for (code, target) in [
            ("return 1", ">/dev/full"), ("print(1)", ">/dev/full"), ("pve.table(pve.list_nodes())", ">/dev/full"),
            ("print(1)", ">&-"),
        ] {
            let result = try await run(
                URL(fileURLWithPath: "/bin/sh"),
                ["-c", "exec \"$0\" --cluster demo -e \"$1\" \(target)", pvelua, code],
                environment: ["HOME": runner.home.url.path])
            #expect(result.status == 1, "\(code)")
            #expect(result.errors.contains("standard output"), "\(result.errors)")
        }
    }

    @Test(arguments: [
        ["config", "path"], ["cluster", "list"], ["cluster", "token", "plan"], ["--format", "json", "cluster", "list"],
    ])
    func resultsThatCannotBeWrittenAreNoSuccess(words: [String]) async throws {
        let pvelua = Places.products.appendingPathComponent("pvelua").path
        let result = try await run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "exec \"$0\" \"$@\" >/dev/full", pvelua] + words,
            environment: ["HOME": runner.home.url.path])
        #expect(result.status == 1)
        #expect(result.errors.contains("standard output"), "\(result.errors)")
    }

    @Test(arguments: [
        ("return x\nerror('a')\nx = 2\n", 1), ("x = 1\nreturn x\n", 0), ("pve.vm(999)\n", 5), ("for i = 1, 2 do\n", 1),
    ])
    func aReplInAPipeEndsWithTheStatusOfItsLastError(input: String, status: Int32) async throws {
        #expect(try await runner.pvelua(["--cluster", "demo", "repl"], input: input).status == status)
    }

    @Test func aReaderThatGoesAwayDoesNotEndTheRun() async throws {
        let pvelua = Places.products.appendingPathComponent("pvelua").path
        let mark = runner.home.url.appendingPathComponent("mark").path
        let code = "for i = 1, 5000 do print(i) end; pve.log('still there', 'warning')"
        let result = try await run(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "\"$0\" --cluster demo -e \"$1\" 2>\"$2\" | head -1; cat \"$2\"", pvelua, code, mark],
            environment: ["HOME": runner.home.url.path])
        #expect(result.output.hasPrefix("1\n"))
        #expect(result.output.contains("still there"))
    }

    @Test func errorsInTailPositionNameThePlaceToo() async throws {
        let result = try await runner.lua("pve.vm(999)", "--format", "json")
        #expect(result.jsonError?["where"]?.string == "(-e):1")
    }

    @Test func requireFindsModulesBesideTheRunbook() async throws {
        _ = try runner.home.write("tools.lua", "return { answer = function() return 42 end }")
        let file = try runner.home.write("main.lua", "print(require('tools').answer())")
        #expect(try await runner.pvelua("--cluster", "demo", "run", file.path).output == "42\n")
    }

    @Test(arguments: [
        ["--cluster", "nosuch", "-e", "return 1"], ["run", "/nonexistent.lua"], ["nonsense"], ["-e"], ["run"],
    ])
    func usageErrorsEndWithTwo(arguments: [String]) async throws {
        let result = try await runner.pvelua(arguments)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.output == "")
        #expect(!result.errors.isEmpty)
    }

    @Test func helpListsExitStatuses() async throws {
        for arguments in [["--help"], ["run", "--help"], ["eval", "--help"], ["repl", "--help"]] {
            let result = try await runner.pvelua(arguments)
            #expect(result.status == 0)
            #expect(result.output.contains("EXIT STATUS"), "\(arguments)")
        }
        #expect(try await runner.pvelua("--version").output.contains("0.1.0"))
    }
}
