// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pvelua test` with the real binary: what passes, what fails, and how it is told.
struct TestCommandTests {
    let bench: TestingBench

    init() throws { bench = try TestingBench() }

    @Test func passingTestsEndWithZeroAndNameEachCase() async throws {
        let result = try await bench.test(
            lua: """
                it("stands alone", function() expect(1 + 1):to_equal(2) end)
                describe("a group", function()
                  it("has a case", function() expect("web-1"):to_match("^web") end)
                  pending("comes later")
                end)
                """)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let shown = result.output.replacing(#/\(\d+ ms\)/#, with: "(… ms)")
        #expect(
            shown == """
                some_test.lua
                  ✔ stands alone (… ms)
                  a group
                    ✔ has a case (… ms)
                    … comes later (pending)

                2 passed, 1 pending in 1 file

                """)
    }

    @Test func aFailureShowsItsLineAndBothSidesAsADiff() async throws {
        let result = try await bench.test(
            lua: """
                it("compares", function()
                  local got = { name = "a name that is long enough to take a line for itself", tags = { "web", "prod" }, vmid = 101, more = ("x"):rep(60) }
                  expect(got):to_equal{ name = "a name that is long enough to take a line for itself", tags = { "web", "test" }, vmid = 101, more = ("x"):rep(60) }
                end)
                it("compares little", function() expect(2):to_be(3) end)
                """)
        #expect(result.status == 1)
        #expect(result.output.contains("some_test.lua:3: expected to equal"), "\(result.output)")
        #expect(result.output.contains("3 | expect(got):to_equal{"))
        #expect(result.output.contains(#"-  tags = { "web", "test" },"#))
        #expect(result.output.contains(#"+  tags = { "web", "prod" },"#))
        #expect(result.output.contains("some_test.lua:5: expected to be\n"))
        #expect(result.output.contains("wanted: 3\n"))
        #expect(result.output.contains("got:    2\n"))
        #expect(result.output.contains("0 passed, 2 failed in 1 file"))
    }

    @Test func aFailureTellsWhatWasSent() async throws {
        let result = try await bench.test(
            lua: #"it("looks", function() sim.run("book.lua", { yes = true }) expect(1):to_be(2) end)"#,
            runbook: #"pve.vm_action(nil, 103, "start")"#)
        #expect(result.status == 1)
        #expect(
            result.output.contains("guest.start 103: POST /nodes/pve1/qemu/103/status/start"), "\(result.output)")
    }

    @Test func aFileThatDoesNotCompileIsOneFailureAndTheOthersGoOn() async throws {
        try bench.write("a_test.lua", "it('runs', function() end)")
        try bench.write("b_test.lua", "it('is broken', function(\n")
        try bench.write("c_test.lua", "error('not today')")
        try bench.write("d_test.lua", "it('runs too', function() end)")
        let result = try await bench.test("--format", "json")
        #expect(result.status == 1)
        let report = try JSONValue(parsing: result.output)
        #expect(report.outcomes == ["runs: passed", "runs too: passed"])
        #expect(report["broken_files"] == 2)
        #expect(report.failures.map { $0["where"]?.string } == ["b_test.lua:2", "c_test.lua:1"])
        #expect(report.failures.last?["message"] == "not today")
    }

    @Test func noTestsIsAnError() async throws {
        let empty = try await bench.test()
        #expect(empty.status == 2)
        #expect(empty.errors.contains("there is no test file in ."))
        #expect(empty.errors.contains("_test.lua"))
        let missing = try await bench.test("nowhere")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("cannot read nowhere"))
        let caseless = try await bench.test(lua: "local x = 1")
        #expect(caseless.status == 2)
        #expect(caseless.errors.contains("have no cases"))
        let filtered = try await bench.test(lua: "it('one', function() end)", "--filter", "two")
        #expect(filtered.status == 2)
        #expect(filtered.errors.contains("no case's name holds \"two\""))
    }

    @Test func aFilterChoosesCasesByTheirFullName() async throws {
        let lua = """
            describe("night", function()
              it("one", function() end)
              it("two", function() end)
            end)
            describe("day", function() it("one", function() error("is not run") end) end)
            """
        let result = try await bench.test(lua: lua, "--filter", "night › one", "--format", "json")
        #expect(result.status == 0, "\(result.output)")
        #expect(try JSONValue(parsing: result.output).outcomes == ["night › one: passed"])
        let several = try await bench.test(lua: lua, "--filter", "t", "--format", "json")
        #expect(try JSONValue(parsing: several.output).outcomes == ["night › one: passed", "night › two: passed"])
    }

    @Test func filesAreToldOfInOrderHoweverManyRunAtATime() async throws {
        for name in ["a", "b", "c", "d", "e"] {
            let loops = name == "a" ? "for _ = 1, 2e6 do end" : ""
            try bench.write("\(name)_test.lua", "it('case \(name)', function() \(loops) end)")
        }
        let result = try await bench.test("--jobs", "3")
        let files = result.output.split(separator: "\n").filter { $0.hasSuffix(".lua") }
        #expect(files == ["a_test.lua", "b_test.lua", "c_test.lua", "d_test.lua", "e_test.lua"])
        #expect(result.output.contains("5 passed in 5 files"))
    }

    @Test func nothingOfTheUserIsTouched() async throws {
        try bench.runner.write("policy.yaml", "this is no policy")
        try bench.runner.write("config.yaml", "nor this a configuration")
        let result = try await bench.test(
            lua: #"it("runs", function() expect(sim.run("book.lua", { yes = true })):to_succeed() end)"#,
            runbook: #"pve.vm_action(nil, 103, "start"); pve.snapshot(nil, 103, { change_number = 7 })"#)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let state = bench.runner.home.url.appendingPathComponent("state")
        #expect(!FileManager.default.fileExists(atPath: state.path))
    }

    @Test func filesOfATestLieInItsFolderOrTheOneThatPveluaWasStartedIn() async throws {
        let outside = try TemporaryFolder()
        _ = try outside.write("book.lua", "print(1)")
        let report = try await bench.report(
            lua: """
                it("goes out", function() sim.run("\(outside.url.path)/book.lua") end)
                it("reads what is no runbook", function() sim.run("/etc/hostname") end)
                it("names none that is there", function() sim.run("nothing.lua") end)
                it("takes a cluster from elsewhere", function() cluster("/etc/os-release.yaml") end)
                """)
        #expect(report["failed"] == 4)
        let messages = report.failures.map { $0["message"]?.string ?? "" }
        #expect(messages[0].contains("lies outside"))
        #expect(messages[1].contains("must end in .lua"))
        #expect(messages[2].contains("there is no nothing.lua beside the test"))
    }

    // MARK: - Forms for machines

    private let mixed = """
        it("passes # not \\\\ a comment", function() end)
        it("fails", function() expect{ 1, 2 }:to_contain(3) end)
        pending("waits")
        """

    @Test func tapHasAPlanAndALineForEachCase() async throws {
        let result = try await bench.test(lua: mixed, "--tap")
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["TAP version 14", "1..3"])
        let tests = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
        #expect(
            tests == [
                "ok 1 - some_test.lua: passes \\# not \\\\ a comment", "not ok 2 - some_test.lua: fails",
                "ok 3 - some_test.lua: waits # SKIP pending",
            ])
        // Everything else belongs to the block behind the failed one.
        let start = try #require(lines.firstIndex(of: "  ---"))
        let end = try #require(lines.firstIndex(of: "  ..."))
        #expect(lines[start - 1].hasPrefix("not ok 2") && lines[end + 1].hasPrefix("ok 3"))
        #expect(lines[start...end].allSatisfy { $0.hasPrefix("  ") })
        #expect(lines.count == 2 + 3 + (end - start + 1))
    }

    @Test func junitIsWellFormedWhateverThingsAreCalled() async throws {
        let lua = #"""
            describe("<a> & \"b\" 'c' ]]>", function()
              it("bell \7 escape \27[31m nul \0 end", function() expect("<x> & \1"):to_be("]]>") end)
              it("\239\191\191 \255\254", function() end)
            end)
            """#
        let file = bench.folder.url.appendingPathComponent("out.xml")
        let result = try await bench.test(lua: lua, "--junit", file.path)
        #expect(result.status == 1)
        #expect(!result.output.contains("\u{1b}[31m"), "a name reached the terminal as it was")
        let report = try await XMLReport.read(file)
        #expect(report.cases.count == 2)
        #expect(report.cases.first?["classname"]?.hasSuffix("› <a> & \"b\" 'c' ]]>") == true)
        #expect(report.failures == 1)
        #expect(report.suites.first?["failures"] == "1")
        #expect(report.suites.first?["tests"] == "2")
    }

    @Test func aBrokenFileIsAnErrorInJUnitAndAFailureInTAP() async throws {
        let file = bench.folder.url.appendingPathComponent("out.xml")
        let result = try await bench.test(lua: "it(", "--tap", "--junit", file.path)
        #expect(result.status == 1)
        #expect(result.output.contains("1..1\nnot ok 1 - some_test.lua\n"))
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("errors=\"1\""))
        #expect(text.contains("<error message="))
    }

    @Test func jsonHoldsBothSidesOfAFailure() async throws {
        let report = try await bench.report(
            lua: "it('compares', function() expect({ a = 1 }):to_equal{ a = { 2 } } end)")
        let failure = try #require(report.failures.first)
        #expect(failure["where"] == "some_test.lua:1")
        #expect(failure["matcher"] == "equal")
        #expect(failure["actual"] == ["a": 1])
        #expect(failure["expected"] == ["a": [2]])
    }
}
