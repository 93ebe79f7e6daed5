// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Rehearsal
import TestSupport
import Testing

/// What docs/testing.md and its reference say, held against what happens.
struct TestingPageTests {
    @Test func recordedTestReference() throws {
        try expectRecorded("docs/testing-reference.md", TestVocabulary.markdown())
    }

    /// The tests of the shipped examples pass, and the page shows what they print.
    @Test func recordedTestsOfTheExamples() async throws {
        let result = try await CommandLineRunner().pvelua("test", "examples", "--coverage")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let shown = result.output.replacing(#/\(\d+ ms\)/#, with: "(… ms)")
        let page = try String(
            contentsOf: Places.repository.appendingPathComponent("docs/testing.md"), encoding: .utf8)
        let parts = page.components(separatedBy: "```text\n")
        let rest = try #require(parts.last?.components(separatedBy: "```\n").dropFirst())
        try expectRecorded(
            "docs/testing.md", parts[0] + "```text\n" + shown + "```\n" + rest.joined(separator: "```\n"))
    }

    @Test func theTestThatThePageShowsPasses() async throws {
        let bench = try TestingBench()
        let lua = try #require(try fencedBlocks("docs/testing.md", language: "lua-test").first)
        let book = try String(
            contentsOf: Places.repository.appendingPathComponent("examples/nightly-shutdown.lua"), encoding: .utf8)
        try bench.write("nightly-shutdown.lua", book)
        let report = try await bench.report(lua: lua)
        #expect(report["passed"] == 3, "\(report.failures.map(\.text))")
    }

    @Test func everyWordOfTheReferenceIsThereAndNoOther() async throws {
        let names = (TestVocabulary.structure + TestVocabulary.simulator).map(\.name)
        let matchers = TestVocabulary.matchers.map(\.name)
        let lua = """
            it("has them", function()
              for _, word in ipairs{ \(names.map { "\"\($0)\"" }.joined(separator: ", ")) } do
                local value = _G
                for part in word:gmatch("[^.]+") do value = value[part] end
                expect(type(value)):to_be("function")
              end
              for _, name in ipairs{ \(matchers.map { "\"\($0)\"" }.joined(separator: ", ")) } do
                expect(expect(1)[name]):to_be_a("function")
                expect(expect(1)["not_" .. name]):to_be_a("function")
              end
              local count = 0
              for _ in pairs(sim) do count = count + 1 end
              expect(count):to_be(\(TestVocabulary.simulator.count))
              local _, problem = pcall(function() return expect(1).to_be_odd end)
              local known = 0
              for _ in problem:gmatch("to_[a-z_]+") do known = known + 1 end
              -- The one that was asked for is named as well.
              expect(known):to_be(\(matchers.count) + 1)
            end)
            """
        let report = try await TestingBench().report(lua: lua)
        #expect(report["passed"] == 1, "\(report.failures.map(\.text))")
        #expect(TestVocabulary.faultKinds == TestVocabulary.knownFaults)
    }
}
