// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

@testable import Runbook

/// `pvelua check` as a person, an editor and a CI job see it.
struct CheckCommandTests {
    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let file = folder.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return folder
    }

    private func check(_ files: [String: String], _ arguments: [String]) async throws -> ProcessResult {
        let folder = try folder(files)
        let paths = arguments.map { $0.hasPrefix("-") ? $0 : folder.url.appendingPathComponent($0).path }
        var result = try await CommandLineRunner().pvelua(["check"] + paths)
        result.output = result.output.replacing(folder.url.path + "/", with: "")
        return result
    }

    @Test func whatShipsIsClean() async throws {
        let result = try await CommandLineRunner().pvelua("check", "--strict", "examples", "lua/modules")
        #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
        #expect(result.errors.hasPrefix("nothing wrong in "))
    }

    @Test func aFindingNamesFileLineAndColumnAndShowsTheLine() async throws {
        let result = try await check(["a.lua": "print(1)\npve.lst_vms()\n"], ["a.lua"])
        #expect(result.status == 1)
        #expect(
            result.output == """
                a.lua:2:5: error: pve.lst_vms does not exist
                  2 | pve.lst_vms()
                    |     ^^^^^^^
                  hint: did you mean `pve.list_vms`?
                  example: for _, vm in ipairs(pve.list_vms{ tag = "web" }) do print(vm.vmid, vm.name) end

                """)
        #expect(result.errors == "1 error, 0 warnings in 1 file\n")
    }

    @Test func warningsFailOnlyWhereTheyShall() async throws {
        let files = ["a.lua": "local a = 1\n"]
        #expect(try await check(files, ["a.lua"]).status == 0)
        #expect(try await check(files, ["a.lua", "--strict"]).status == 1)
    }

    @Test func aFolderStandsForItsLuaAndModulesAreLookedAtOnce() async throws {
        let result = try await check(
            [
                "d/run.lua": "require 'lib.tags'\nrequire 'lib.tags'\n",
                "d/lib/tags.lua": "require 'lib.other'\nfoo()\n",
                "d/lib/other.lua": "bar()\n", "d/.hidden.lua": "x x\n", "d/notes.txt": "no Lua\n",
            ], ["d"])
        #expect(result.output.matches(of: /error/).count == 2, "\(result.output)")
        #expect(result.output.contains("d/lib/tags.lua:2:1: error: `foo`"))
        #expect(result.output.contains("d/lib/other.lua:1:1: error: `bar`"))
        #expect(result.errors.contains("in 3 files"))
    }

    @Test func modulesThatAreMissingOrRequireThemselvesAreFound() async throws {
        let result = try await check(
            ["a.lua": "require 'b'\nrequire 'nothere'\n", "b.lua": "require 'c'\n", "c.lua": "require 'b'\n"], ["a.lua"]
        )
        #expect(result.output.contains("a.lua:2:9: error: no module \"nothere\""))
        #expect(result.output.contains("c.lua:1:9: error: module 'b' requires itself: b → c → b"), "\(result.output)")
        #expect(result.errors.contains("2 errors"))
        let late = try await check(
            ["b.lua": "return function() require 'c' end\n", "c.lua": "require 'b'\n"], ["b.lua"])
        #expect(late.status == 0, "\(late.output)")
    }

    @Test func aModuleLinkedFromElsewhereIsNotRead() async throws {
        let folder = try folder(["out.lua": "return 1\n", "d/a.lua": "require 'b'\n"])
        try FileManager.default.createSymbolicLink(
            atPath: folder.url.appendingPathComponent("d/b.lua").path,
            withDestinationPath: folder.url.appendingPathComponent("out.lua").path)
        let result = try await CommandLineRunner().pvelua("check", folder.url.appendingPathComponent("d/a.lua").path)
        #expect(result.output.contains("b.lua is a symbolic link, which require does not follow"))
    }

    @Test func standardInputIsADash() async throws {
        let result = try await CommandLineRunner().pvelua("check", "-", input: "x = = 1")
        #expect(result.status == 1 && result.output.hasPrefix("stdin:1:5: error: unexpected symbol near '='\n"))
    }

    @Test(arguments: [
        ("nothere.lua", "cannot read nothere.lua: No such file or directory"),
        ("/dev/null", "it is not a regular file"),
        ("docs/schemas", "there is no *.lua in docs/schemas"),
    ])
    func whatCannotBeReadIsAUsageError(path: String, message: String) async throws {
        let result = try await CommandLineRunner().pvelua("check", path)
        #expect(result.status == 2 && result.errors.contains(message), "\(result.errors)")
    }

    @Test func aFileThatIsTooLargeIsRefusedAsRunDoes() async throws {
        let folder = try folder(["big.lua": String(repeating: " ", count: Chunk.maximumSize + 1)])
        let path = folder.url.appendingPathComponent("big.lua").path
        let checked = try await CommandLineRunner().pvelua("check", path)
        let ran = try await CommandLineRunner().pvelua("--cluster", "demo", "run", path)
        #expect(checked.status == 2 && checked.status == ran.status)
        #expect(checked.errors == ran.errors)
    }

    /// What Lua itself says, in a worker; what ends too early it only calls incomplete.
    @Test(arguments: [
        "x = = 1", "if a != b then end", "goto x", "break", "local x <const> = 1; x = 2", "x = 3x", "for i=1 do end",
        "x = }", "local function f() return ... end", "x = @", "a.b:c = 1", "return 1 x", "x = {1 2}",
        "local x <foo> = 1",
        "for x do end", "local 1", "::a:: ::a::", "if x then\n else else end", "(f) = 1 2", "f() = 1",
        "local s = 'x\n'",
        "while x\ndo f( end", "x = function() return 1 2 end", "\u{1b}Lua", "ä = 1", "for a, b = 1 do end",
    ])
    func theWordsAreLuas(source: String) async throws {
        let runner = try CommandLineRunner()
        let said = try await runner.pvelua("--cluster", "demo", "--format", "json", "eval", "-", input: source)
        let checked = try await runner.pvelua("--format", "json", "check", "-", input: source)
        let message = try JSONValue(parsing: checked.output)["findings"]?.array?.first?["message"]?.string
        #expect(message == said.jsonError?["message"]?.string)
    }

    @Test func theNamesAreThoseOfAWorker() async throws {
        let code = """
            local function names(t) local n = {} for k in pairs(t) do n[#n + 1] = k end return n end
            local all = { globals = names(_G), pve = names(pve), api = names(pve.api) }
            for name, value in pairs(_G) do if type(value) == "table" and name ~= "_G" then all[name] = names(value) end end
            return all
            """
        let result = try await CommandLineRunner().lua(code, "--format", "json")
        let said = try JSONValue(parsing: result.output)
        func names(_ key: String) -> Set<String> { Set(said[key]?.array?.compactMap(\.string) ?? []) }
        #expect(names("globals") == LanguageNames.globals.union(LanguageNames.libraries.keys))
        #expect(names("pve") == LanguageNames.members)
        #expect(names("api") == LanguageNames.groups["api"])
        for (library, members) in LanguageNames.libraries { #expect(names(library) == members, "\(library)") }
    }

    @Test func theFindingsAsJSONFollowTheSchema() async throws {
        let source = "count = 1\npve.lst_vms()\nfoo()\nlocal a\npve.vm(1)\nprint(string.x)\nrequire 'nothere'"
        let file = Places.repository.appendingPathComponent("docs/schemas/check.json")
        let schema = try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
        for text in [source, "x x", "print(1)"] {
            let result = try await CommandLineRunner().pvelua("--format", "json", "check", "-", input: text)
            let json = try JSONValue(parsing: result.output)
            #expect(schemaFaults(of: json, by: schema, at: "check").isEmpty, "\(result.output)")
            #expect(result.errors.isEmpty)
        }
        let rules = schema["properties"]?["findings"]?["items"]?["properties"]?["rule"]?["enum"]?.array
        #expect(rules?.compactMap(\.string) == Finding.Rule.allCases.map(\.rawValue))
    }

    @Test func whatAFileHoldsDoesNotReachTheTerminal() async throws {
        let result = try await check(["a.lua": "pve['\u{1b}[31mx']() -- \u{1b}]0;t\u{7}\n"], ["a.lua"])
        #expect(result.status == 1 && !result.output.contains("\u{1b}") && !result.output.contains("\u{7}"))
    }
}
