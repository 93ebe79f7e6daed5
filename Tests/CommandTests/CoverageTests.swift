// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Which lines of a runbook ran.
struct CoverageTests {
    let bench: TestingBench

    init() throws { bench = try TestingBench() }

    private static let runbook = """
        -- A comment, and then a blank line.

        local function never()
          return 1
        end

        local count = 0
        for index = 1, 3 do
          count = count + index
        end

        if count > 100 then
          print("much")
        elseif count == 6 then
          print("six")
        else
          print("little")
        end

        local later = { run = function() print("later") end }
        local kept = require "kept"
        local text = [[
        several
        lines]]
        return coroutine.wrap(function()
          print(text)
        end)()
        """

    private func lines(_ report: JSONValue, _ file: String) throws -> JSONValue {
        try #require(report["coverage"]?.array?.first { $0["file"]?.string == file })
    }

    @Test func theLinesThatRanAreToldExactly() async throws {
        try bench.write(
            "kept.lua",
            "local M = {}\nfunction M.used() return 1 end\nfunction M.unused()\n  return 2\nend\nM.used()\nreturn M\n")
        let file = bench.folder.url.appendingPathComponent("out.info")
        try bench.write("book.lua", Self.runbook)
        try bench.write("some_test.lua", "it('runs', function() expect(sim.run('book.lua')):to_succeed() end)")
        let result = try await bench.test("--format", "json", "--coverage", "--coverage-lcov", file.path)
        #expect(result.status == 0, "\(result.output)")
        let report = try JSONValue(parsing: result.output)
        let book = try lines(report, "book.lua")
        #expect(book["missed"] == [4, 13, 17])
        let kept = try lines(report, "kept.lua")
        #expect(kept["missed"] == [4])
        #expect(kept["lines"] == 6)
        let lcov = try String(contentsOf: file, encoding: .utf8)
        #expect(lcov.contains("DA:9,3\n"), "\(lcov)")
        #expect(lcov.contains("DA:4,0\n"))
        // Comments and blank lines are no lines that could run.
        let own = try #require(lcov.components(separatedBy: "end_of_record\n").first { $0.contains("/book.lua\n") })
        #expect(!own.contains("DA:1,") && !own.contains("DA:2,"), "\(own)")
        #expect(lcov.hasSuffix("end_of_record\n"))
    }

    @Test func countsOfAllCasesAreAddedAndAFailedRunCountsToo() async throws {
        let lua = """
            it("goes one way", function() sim.run("book.lua", { params = { way = "a" } }) end)
            it("goes the other", function() sim.run("book.lua", { params = { way = "b" } }) end)
            """
        try bench.write(
            "book.lua", "if pve.params.way == 'a' then\n  print('a')\nelse\n  error('b')\nend\nprint('end')\n")
        let one = try await bench.test(lua: lua, "--coverage", "--format", "json", "--filter", "one way")
        #expect(try lines(JSONValue(parsing: one.output), "book.lua")["missed"] == [4])
        let both = try await bench.test(lua: lua, "--coverage", "--format", "json")
        #expect(try lines(JSONValue(parsing: both.output), "book.lua")["missed"] == [])
        let text = try await bench.test(lua: lua, "--coverage", "--filter", "the other")
        #expect(text.output.contains("book.lua  50.0 %   2 of 4  2, 6"), "\(text.output)")
    }

    @Test func namesThatAScriptMakesUpAreNoFiles() async throws {
        try bench.write("secret.lua", "print(1)\nprint(2)\n")
        let result = try await bench.test(
            lua: "it('x', function() sim.run('book.lua') end)",
            runbook: """
                load("print(1)\\nprint(2)", "@../../etc/passwd")()
                load("print(1)", "@nothing.lua")()
                for index = 1, 300 do load("return 1", "@made" .. index .. ".lua")() end
                """, "--coverage", "--format", "json")
        let files = try JSONValue(parsing: result.output)["coverage"]?.array?.compactMap { $0["file"]?.string }
        #expect(files == ["book.lua"])
    }

    @Test func aLimitStillHoldsWhileLinesAreCounted() async throws {
        let result = try await bench.test(
            lua: "it('x', function() expect(sim.run('book.lua')):to_fail('limit') end)",
            runbook: "while true do\n  local x = 1\nend", "--coverage", "--limit", "cpu=1s")
        #expect(result.status == 0, "\(result.output)")
    }
}
