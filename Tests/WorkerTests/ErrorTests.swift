// SPDX-License-Identifier: Apache-2.0
import Testing
import Wire

@Suite struct ErrorTests {
    let session: TestSession
    init() async throws { session = try await TestSession() }

    private static let locked = #"{"kind":"locked","message":"guest is locked","vmid":101}"#

    private func run(_ source: String) async throws -> Outcome {
        try await session.run(source) { $0.name == "fail" ? .failure(Self.locked) : .value("[]") }
    }

    @Test func tellsMessageAndPlaceApart() async throws {
        let outcome = try await run("local x = 1\nerror('boom')")
        #expect(outcome.message == "boom")
        #expect(outcome.error?["where"]?.text == "test.lua:2")
        #expect(outcome.error?["call"] == nil)
        #expect(outcome.limit == nil)
    }

    @Test func tracesScriptFramesOnly() async throws {
        let outcome = try await run("local function f()\n  pve.nothing()\nend\nlocal function g()\n  f()\nend\ng()\n")
        let trace = try #require(outcome.error?["traceback"]?.text)
        let lines = trace.split(separator: "\n")
        #expect(lines.map { $0.prefix(11) } == ["test.lua:2:", "test.lua:5:", "test.lua:7:"])
        #expect(outcome.error?["where"]?.text == "test.lua:2")
        #expect(!trace.contains("pvelua"))
    }

    @Test func offersTheNearestName() async throws {
        #expect(
            try await run("pve.lst_vms()").message == "pve.lst_vms does not exist; did you mean pve.list_vms?")
        #expect(try await run("pve.api.got()").message == "pve.api.got does not exist; did you mean pve.api.get?")
        #expect(try await run("pve.frobnicate()").message == "pve.frobnicate does not exist")
    }

    @Test func namesTheCallOfAnUncaughtHostError() async throws {
        _ = try await run("pve.echo()")
        let outcome = try await run("pve.fail()")
        #expect(outcome.message == "guest is locked")
        #expect(outcome.error?["call"] == .integer(2))
        #expect(outcome.error?["value"]?["vmid"] == .integer(101))
    }

    @Test func keepsHostErrorsThroughPcallCoroutinesAndRethrow() async throws {
        let outcome = try await run(
            """
            local ok, e = pcall(pve.fail)
            assert(not ok and e.kind == "locked" and e.vmid == 101 and tostring(e) == "locked: guest is locked")
            assert(pve.is_error(e) and pve.is_error(e, "locked") and not pve.is_error(e, "busy"))
            assert(getmetatable(e) == false and not pcall(setmetatable, e, {}))
            local co = coroutine.wrap(function() local inner <const> = e error(inner) end)
            local ok2, again = pcall(co)
            assert(not ok2 and rawequal(again, e))
            e.message = "changed"
            error(again)
            """)
        #expect(outcome.error?["call"] == .integer(1))
    }

    @Test(arguments: [
        "error({ kind = 'locked', message = 'no', call = 1 })",
        "local _, e = pcall(pve.fail) local copy = {} for k, v in pairs(e) do copy[k] = v end error(copy)",
        "local _, e = pcall(pve.fail) error(setmetatable({}, { __index = e }))",
        "local _, e = pcall(pve.fail) error(tostring(e))",
        "pcall(pve.fail) error('locked: guest is locked')",
    ])
    func creditsNoForgedError(_ source: String) async throws {
        let outcome = try await run(source)
        #expect(outcome.error != nil)
        #expect(outcome.error?["call"] == nil)
        #expect(
            try await run("local _, e = pcall(error, {kind = 'locked'}) return pve.is_error(e)").values == [
                .bool(false)
            ])
    }

    @Test func raisesInTheCoroutineThatCalled() async throws {
        let outcome = try await run(
            "local co = coroutine.create(function() pve.fail() end)\nlocal ok, e = coroutine.resume(co)\n"
                + "return ok, e.kind, coroutine.status(co)")
        #expect(outcome.values == [.bool(false), "locked", "dead"])
    }

    @Test(arguments: [
        ("x = = 1", false), ("for i = 1, 2 do", true), ("print(", true), ("x = 'abc\n", false), ("return 1 +", true),
    ])
    func saysWhetherMoreTextWouldHelp(_ source: String, _ incomplete: Bool) async throws {
        let outcome = try await run(source)
        #expect(outcome.error?["incomplete"] == (incomplete ? .bool(true) : nil))
        #expect(outcome.error?["where"]?.text == "test.lua:1")
        #expect(outcome.error?["traceback"] == nil)
    }

    @Test func letsAnErrorObjectOfTheScriptDescribeItself() async throws {
        let outcome = try await run(
            "error(setmetatable({ code = 7 }, { __tostring = function(e) return 'code ' .. e.code end }))")
        #expect(outcome.message == "code 7")
        #expect(outcome.error?["value"] == ["code": .integer(7)])
        #expect(try await run("error(nil)").message == "(error object is a nil value)")
        #expect(try await run("error({ message = 'plain' })").message == "plain")
    }

    @Test func reportsDepthWhereTheStackIsFull() async throws {
        let roomy = try await TestSession([
            .init("memory", .integer(256 << 20)), .init("cpu_slice", .integer(20)), .init("cpu_total", .integer(20)),
        ])
        let outcome = try await roomy.run("local function f() return 1 + f() end\nreturn f()")
        #expect(outcome.limit == "depth")
        #expect(outcome.message == "stack overflow")
    }
}
