// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// Test files that mean no good: each ends by itself, and the cases beside it run.
struct RehearsalLimitTests {
    let bench: TestingBench

    init() throws { bench = try TestingBench() }

    @Test func aCaseThatLoopsIsEndedByItsLimitAndTheOthersRun() async throws {
        let report = try await bench.report(
            lua: """
                it("before", function() end)
                it("loops", function() while true do end end)
                it("loops in what it catches", function() while true do pcall(error, "x") end end)
                it("asks for ever", function() while true do sim.now() end end)
                it("after", function() end)
                """)
        #expect(
            report.outcomes == [
                "before: passed", "loops: failed", "loops in what it catches: failed", "asks for ever: failed",
                "after: passed",
            ])
        #expect(report.failures.allSatisfy { $0["kind"] == "limit" }, "\(report.failures.map(\.text))")
        #expect(report.failures.first?["where"] == "some_test.lua:2")
    }

    @Test func aRunbookThatLoopsFailsItsRunAndTheCaseGoesOn() async throws {
        let report = try await bench.report(
            lua: """
                it("is told", function()
                  local run = sim.run("book.lua")
                  expect(run):to_fail("limit")
                  expect(run.status):to_be(24)
                end)
                """, runbook: "while true do end")
        #expect(report["passed"] == 1, "\(report.failures.map(\.text))")
    }

    @Test func aFileThatLoopsOutsideOfItsCasesIsOneFailure() async throws {
        let report = try await bench.report(lua: "it('x', function() end) while true do end")
        #expect(report["broken_files"] == 1)
        #expect(report.failures.first?["kind"] == "limit")
    }

    @Test func aFloodOfOutputIsCutAndEnds() async throws {
        let result = try await bench.test(
            lua: "it('floods', function() while true do print(('x'):rep(1000)) end end)", "--limit", "cpu=2s")
        #expect(result.status == 1)
        #expect(result.output.utf8.count < 10_000)
    }

    @Test func describeIsNestedSoDeepAndNoDeeper() async throws {
        let report = try await bench.report(
            lua: """
                local function nest(depth)
                  describe("level " .. depth, function() if depth < 1000 then nest(depth + 1) end end)
                end
                nest(1)
                """)
        #expect(report.failures.first?["message"]?.string?.contains("nested deeper than 50") == true)
        let written =
            (1...1000).map { _ in "describe('x', function()" }.joined(separator: " ")
            + String(repeating: " end)", count: 1000)
        let parsed = try await bench.report(lua: written)
        #expect(parsed["broken_files"] == 1)
    }

    @Test func wrongUseIsToldByLine() async throws {
        let lines = [
            "it('x')", "it(1, function() end)", "describe(function() end)", "before_each('x')", "cluster(5)",
            "expect()",
        ]
        for line in lines {
            let report = try await bench.report(lua: "it('fine', function() end)\n" + line)
            #expect(report["broken_files"] == 1, "\(line)")
            #expect(report.failures.first?["where"] == "some_test.lua:2", "\(line): \(report.failures.map(\.text))")
        }
        let inside = try await bench.report(lua: "it('x', function() it('y', function() end) end)")
        #expect(inside.failures.first?["message"] == "it stands beside cases, not inside of one")
        let fickle = try await bench.report(
            lua: "it(tostring({}), function() end) it(tostring({}), function() end)")
        #expect(fickle.failures.first?["message"]?.string?.contains("declares other cases each time") == true)
    }

    @Test func whatTestsUseIsNotThereInRunbooks() async throws {
        let report = try await bench.report(
            lua: "it('x', function() expect(sim.run('book.lua').values):to_equal{ 0 } end)",
            runbook: """
                local found = 0
                for _, name in ipairs{ "describe", "it", "expect", "sim", "cluster", "__rehearse" } do
                  if rawget(_G, name) ~= nil then found = found + 1 end
                end
                return found
                """)
        #expect(report["passed"] == 1, "\(report.failures.map(\.text))")
    }

    @Test func aByteOrderMarkAndAShebangAreNoTrouble() async throws {
        try bench.write(
            "some_test.lua", "\u{feff}#!/usr/bin/env pvelua\nit('x', function()\nexpect(1):to_be(2) end)")
        let result = try await bench.test("--format", "json")
        #expect(try JSONValue(parsing: result.output).failures.first?["where"] == "some_test.lua:3")
    }
}
