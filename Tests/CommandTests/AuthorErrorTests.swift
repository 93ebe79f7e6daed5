// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// What the author of a script is told of a mistake: kind, line, and a line of Lua that does it right.
struct AuthorErrorTests {
    /// A script with a mistake in its third line, and what belongs into the example.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let code: String
        let kind: String
        let example: String
        init(_ code: String, _ kind: String, _ example: String) {
            (self.code, self.kind, self.example) = (code, kind, example)
        }
        var testDescription: String { code }
        var script: String { "local guests = pve.list_vms()\nprint(#guests)\n\(code)\nprint('end')\n" }
    }

    private static let mistakes = [
        // A wrong argument.
        Mistake("pve.vm_action(nil, 'abc', 'stop')", "parameter", "pve.vm_action("),
        Mistake("pve.vm_action(nil, 101, 'halt')", "parameter", "pve.vm_action("),
        Mistake("pve.list_vms('web')", "parameter", "pve.list_vms{"),
        Mistake("pve.api.get(7)", "parameter", "pve.api.get("),
        // One that is missing.
        Mistake("pve.snapshot()", "parameter", "pve.snapshot("),
        Mistake("pve.migrate(nil, 101)", "parameter", "pve.migrate"),
        Mistake("pve.parallel({ 1 })", "script", "pve.parallel("),
        Mistake("pve.on_failure()", "script", "pve.on_failure("),
        Mistake("pve.timeout(5)", "script", "pve.timeout("),
        Mistake("pve.timeout('soon', print)", "script", "pve.timeout("),
        // A wrong key of an option.
        Mistake("pve.snapshot(nil, 101, { nam = 'x' })", "parameter", "pve.snapshot("),
        Mistake("pve.list_vms{ stat = 'running' }", "parameter", "pve.list_vms{"),
        Mistake("pve.vm(101):shutdown{ timout = 5 }", "parameter", "pve.vm_action("),
        // A name that is none.
        Mistake("pve.vm_acton(nil, 101, 'stop')", "script", "pve.vm_action("),
        Mistake("pve.api.gt('/nodes')", "script", "pve.api.get("),
        Mistake("pve.paralel({}, print)", "script", "pve.parallel("),
        Mistake("list_vms()", "script", "pve.list_vms{"),
        Mistake("pve.vm(101):strt()", "script", "vm:start()"),
        Mistake("pve.vm(101).start()", "script", "vm:start()"),
        Mistake("pve:list_vms()", "parameter", "pve.list_vms{"),
    ]

    @Test(arguments: ["plan", "run"])
    func aFileThatEndsTooEarlySaysWhere(command: String) async throws {
        let runner = try CommandLineRunner()
        let file = try runner.home.write("unfinished.lua", "local a = 1\nif a then\n  print(a)\n").path
        // Beside the script, and not where the tests are run.
        let more = command == "plan" ? ["--out", file + ".plan.json"] : []
        let result = try await runner.pvelua(["--cluster", "demo", "--format", "json", command, file] + more)
        let error = try #require(result.jsonError, "\(result.errors)")
        #expect(result.status == 1 && error["kind"] == "script")
        #expect(error["where"]?.string?.hasPrefix("unfinished.lua:") == true, "\(error.text)")
        #expect(error["message"]?.string?.contains("'end' expected") == true, "\(error.text)")
    }

    @Test(arguments: mistakes)
    func aMistakeComesWithItsLineAndALineThatDoesItRight(mistake: Mistake) async throws {
        let runner = try CommandLineRunner()
        let eval = ["--cluster", "demo", "eval", "-"]
        let result = try await runner.pvelua(eval + ["--format", "json"], input: mistake.script)
        let error = try #require(result.jsonError, "\(result.errors)")
        #expect(result.status == 1 && error["kind"]?.string == mistake.kind, "\(error.text)")
        #expect(error["where"] == "stdin:3")
        let failed = error["source"]?.array?.first { $0["failed"] == true }
        #expect(failed?["line"] == 3 && failed?["text"]?.string == mistake.code, "\(error.text)")
        #expect(try schemaFaults(of: ["error": error], by: SchemaFolder.schema("error")) == [])
        let example = try #require(error["example"]?.string, "\(error.text)")
        #expect(example.contains(mistake.example), "\(example)")

        // Found without running it as well, with the same line or one that does the same.
        let found = try await runner.pvelua(["check", "-", "--format", "json"], input: mistake.script)
        let finding = try JSONValue(parsing: found.output)["findings"]?.array?.first
        #expect(finding?["line"] == 3, "\(found.output)")
        #expect(finding?["example"]?.string?.contains(mistake.example) == true, "\(found.output)")

        let checked = try await runner.pvelua(["check", "-"], input: example + "\n")
        #expect(checked.status == 0, "\(checked.output)")
        let ran = try await runner.pvelua(["--cluster", "demo", "--yes", "eval", "-"], input: example)
        #expect(ran.status == 0, "\(ran.errors)")
        let people = try await runner.pvelua(eval, input: mistake.script).errors
        #expect(
            people.components(separatedBy: "\n").filter { $0.hasPrefix("  example: ") } == ["  example: " + example])
    }

    @Test(arguments: ["error('pve.nothing: is wrong')", "local x; x.y = 1", "pve.vm(999)", "x = = 1", "prnt(1)"])
    func whereNothingWasMeantThereIsNoExample(code: String) async throws {
        let error = try await CommandLineRunner().lua(code, "--format", "json").jsonError
        #expect(error != nil && error?["example"] == nil, "\(error?.text ?? "")")
    }

    @Test func aChangeThatOnlyLookingForbidsIsToldHowToPlan() async throws {
        let result = try await CommandLineRunner().lua("pve.vm(103):start()", "--read-only", "--format", "json")
        #expect(result.status == 22 && result.jsonError?["kind"] == "policy_denied")
        #expect(result.jsonError?["hint"]?.string?.contains("pvelua plan FILE") == true, "\(result.errors)")
        #expect(result.jsonError?["where"] == "(-e):1")
    }
}
