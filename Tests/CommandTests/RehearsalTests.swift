// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// What a test file can do with its cluster, with the real binary.
struct RehearsalTests {
    let bench: TestingBench

    init() throws { bench = try TestingBench() }

    private func expectPassed(_ lua: String, runbook: String? = nil, line: Int = #line) async throws {
        let report = try await bench.report(lua: lua, runbook: runbook)
        #expect(report["failed"] == 0 && report["broken_files"] == 0, "line \(line): \(report.failures.map(\.text))")
        #expect(report["passed"] != 0, "line \(line)")
    }

    // MARK: - A cluster for each case

    @Test func eachCaseHasAClusterAndGlobalsOfItsOwn() async throws {
        try await expectPassed(
            """
            local count = 0
            for index = 1, 3 do
              it("case " .. index, function()
                count = count + 1
                leaked = (leaked or 0) + 1
                expect(count):to_be(1)
                expect(leaked):to_be(1)
                expect(sim.guest(101).status):to_be("running")
                expect(sim.now()):to_be(1795342000.0)
                expect(sim.run("book.lua", { yes = true })):to_succeed()
                expect(sim.guest(101).status):to_be("stopped")
                expect(sim.sent()):to_have_count(1)
              end)
            end
            """, runbook: "pve.vm_action(nil, 101, 'shutdown')")
    }

    @Test func aRunIsHeldToTheHeaderOfItsRunbook() async throws {
        try await expectPassed(
            """
            it("is bounded", function()
              local run = sim.run("book.lua", { params = { grace = "1m" }, policy = "allow" })
              expect(run):to_fail("policy_denied")
              expect(run.output):to_contain("60")
              expect(sim.sent()):to_have_count(0)
            end)
            it("checks its parameters", function()
              local run = sim.run("book.lua", { params = { grace = "soon" } })
              expect(run):to_fail("usage")
              expect(run.status):to_be(2)
            end)
            it("is not for everybody", function()
              expect(sim.run("book.lua", { caller = "agent" })):to_fail("policy_denied")
            end)
            """,
            runbook: """
                runbook{ params = { grace = { type = "duration" } }, actions = { "guest.start" }, callers = { "human" } }
                print(pve.params.grace)
                pve.vm_action(nil, 101, "shutdown")
                """)
    }

    @Test func hooksRunAroundEachCaseOutermostFirst() async throws {
        try await expectPassed(
            """
            local trail = {}
            before_each(function() trail[#trail + 1] = "outer" end)
            after_each(function() trail[#trail + 1] = "gone"; expect(#trail):to_be_at_least(3) end)
            describe("inner", function()
              before_each(function() trail[#trail + 1] = "inner" end)
              it("sees both", function() expect(trail):to_equal{ "outer", "inner" } end)
              after_each(function() expect(trail[#trail]):to_be("inner"); trail[#trail + 1] = "after" end)
            end)
            it("sees one", function() expect(trail):to_equal{ "outer" }; trail[2] = "x" end)
            """)
    }

    @Test func afterEachRunsAfterAFailureAndABrokenHookFailsTheCase() async throws {
        let report = try await bench.report(
            lua: """
                describe("a", function()
                  after_each(function() error("after, too") end)
                  it("fails", function() error("first") end)
                end)
                describe("b", function()
                  before_each(function() error("no start") end)
                  it("is not run", function() error("must not be seen") end)
                end)
                """)
        #expect(report.failures.map { $0["message"]?.string } == ["first", "after, too", "no start"])
        #expect(report.failures.map { $0["phase"]?.string } == ["case", "after_each", "before_each"])
    }

    @Test func aClusterIsChosenForFileDescribeAndCase() async throws {
        for (name, node) in [("file", "alpha"), ("inner", "beta"), ("own", "gamma")] {
            try bench.write(
                "\(name).yaml",
                "version: 1\nname: \(name)\nnodes: [{ name: \(node) }]\nstorages: [{ name: local, content: [images] }]\n"
            )
        }
        try await expectPassed(
            """
            local function node() return pve.list_nodes()[1].node end
            cluster "file.yaml"
            it("is the file's", function() expect(node()):to_be("alpha") end)
            describe("inner", function()
              cluster "inner.yaml"
              it("is the group's", function() expect(node()):to_be("beta") end)
              it("is the case's", function() cluster "own.yaml"; expect(node()):to_be("gamma") end)
              it("stands in the test", function()
                cluster "version: 1\\nnodes: [{ name: delta }]\\n"
                expect(node()):to_be("delta")
              end)
              it("is demo again", function() cluster "demo"; expect(pve.list_vms()):to_have_count(6) end)
            end)
            it("is the file's still", function() expect(node()):to_be("alpha") end)
            """)
        let wrong = try await bench.report(lua: "cluster [[\nversion: 1\nnods: []\n]]\nit('x', function() end)")
        #expect(wrong.failures.first?["message"]?.string?.contains("did you mean `nodes`") == true)
        #expect(wrong.failures.first?["phase"] == "cluster")
    }

    @Test func guestsAreMadeAndChangedBehindTheRunbooksBack() async throws {
        try await expectPassed(
            """
            it("makes guests", function()
              local made = sim.guest{ vmid = 300, name = "new-1", node = "pve1", status = "running", tags = { "web", "new" },
                ignores_shutdown = true, config = { cores = 8 } }
              expect(made):to_contain{ vmid = 300, status = "running", tags = { "web", "new" } }
              expect(made.config.cores):to_be("8")
              expect(pve.vm(300).name):to_be("new-1")
              sim.guest{ vmid = 301, name = "ct-1", node = "pve2", type = "lxc" }
              expect(sim.guest(301).type):to_be("lxc")
              expect(sim.guest(999)):to_be_nil()
              sim.add{ backups = { { vmid = 300, storage = "shared", time = "2026-11-20T01:00:00Z" } } }
              expect(pve.backup_age(300)):to_be_greater_than(3600)
            end)
            it("changes guests and nodes", function()
              sim.set(101, { status = "stopped", tags = { "db" }, node = "pve3", lock = "backup", pool = false })
              expect(sim.guest(101)):to_contain{ status = "stopped", tags = { "db" }, node = "pve3", lock = "backup" }
              expect(sim.guest(101).pool):to_be_nil()
              sim.set(101, { lock = false })
              expect(sim.guest(101).lock):to_be_nil()
              sim.set("pve2", { online = false })
              expect(pve.node("pve2").status):to_be("offline")
            end)
            it("says what is wrong", function()
              expect(function() sim.set(999, {}) end):to_fail("not_found")
              expect(function() sim.set(101, { stauts = "x" }) end):to_fail("cannot set \\"stauts\\"")
              expect(function() sim.guest{ vmid = 100, name = "twice", node = "pve1" } end):to_fail("already")
              expect(function() sim.guest{ vmid = 310, name = "x", node = "pve9" } end):to_fail("no node pve9")
              expect(function() sim.guest{ vmid = 310, name = "x", node = "pve1", colour = "red" } end):to_fail("unknown key `colour`")
              expect(function() sim.wind() end):to_fail("sim.wind does not exist")
            end)
            """)
    }

    // MARK: - Runs

    @Test func aRunGivesStatusErrorOutputValuesAndChanges() async throws {
        try bench.write("values.lua", "return 1, { two = 2 }")
        try await expectPassed(
            #"""
            it("gives what came of it", function()
              local run = sim.run("book.lua", { params = { word = "hello", number = 7 }, yes = true })
              expect(run.status):to_be(1)
              expect(run.kind):to_be("script")
              expect(run.error):to_contain{ message = "enough", where = "book.lua:5" }
              expect(run.output):to_be("hello 7\nname\na\n")
              expect(run.log):to_equal{ "info: noted" }
              expect(run.changes):to_have_count(1)
              expect(run.changes[1]):to_contain{ action = "guest.start", vmid = 103, state = "done", where = "book.lua:4" }
            end)
            it("gives values", function()
              sim.set(103, { status = "running" })
              local run = sim.run("values.lua")
              expect(run):to_succeed()
              expect(run.values):to_equal{ 1, { two = 2 } }
              expect(run.value):to_be(1)
              expect(run.changes):to_equal{}
            end)
            """#,
            runbook: """
                print(pve.params.word .. " " .. pve.params.number)
                pve.log("noted")
                pve.table({ { name = "a" } }, { "name" })
                pve.vm_action(nil, 103, "start")
                error("enough")
                """)
    }

    @Test func aRunGoesThroughPolicyConsentAndLimits() async throws {
        try bench.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: none, actions: [\"guest.stop\"], effect: deny }\n")
        try await expectPassed(
            """
            it("has nobody to ask", function()
              local run = sim.run("book.lua")
              expect(run):to_fail("confirmation_required")
              expect(run.status):to_be(20)
              expect(sim.consents()[1]):to_contain{ action = "guest.stop", effect = "confirm-typed", vmid = 101, answer = "nobody" }
              expect(sim.sent()):to_have_count(0)
            end)
            it("gets a typed yes", function()
              expect(sim.run("book.lua", { answers = { confirm_typed = true } })):to_succeed()
              expect(sim.sent("guest.stop")):to_have_count(1)
            end)
            it("gets a yes for one action", function()
              expect(sim.run("book.lua", { answers = { ["guest.stop"] = true } })):to_succeed()
              expect(sim.consents()[1].answer):to_be("yes")
            end)
            it("goes by a file", function() expect(sim.run("book.lua", { policy = "policy.yaml" })):to_fail("policy_denied") end)
            it("goes by a table", function()
              local rules = { { id = "all", actions = { "*" }, effect = "allow" } }
              expect(sim.run("book.lua", { policy = { version = 1, rules = rules } })):to_succeed()
            end)
            it("acts for an agent", function()
              local run = sim.run("book.lua", { caller = "agent", answers = true })
              expect(run):to_fail("approval_required")
              expect(run.status):to_be(21)
            end)
            it("knows its options", function()
              expect(function() sim.run("book.lua", { polcy = 1 }) end):to_fail("has no option")
              expect(function() sim.run("book.lua", { caller = "root" }) end):to_fail("human, agent or ci")
            end)
            """, runbook: "pve.vm_action(nil, 101, 'stop')")
    }

    // MARK: - Time

    @Test func twoHoursOfWaitingTakeNoTime() async throws {
        let start = ContinuousClock.now
        try await expectPassed(
            """
            it("waits", function()
              local before = sim.now()
              local run = sim.run("book.lua")
              expect(run):to_succeed()
              expect(run.seconds):to_be_at_least(7200)
              expect(sim.now() - before):to_be_at_least(7200)
              sim.advance(3600)
              expect(sim.now() - before):to_be_at_least(10800)
              expect(os.time()):to_be_greater_than(before + 10799)
            end)
            """, runbook: "pve.sleep(7200)")
        #expect(ContinuousClock.now - start < .seconds(5), "two hours and a started binary")
    }

    @Test func somethingHappensWhileTheRunbookWaits() async throws {
        try await expectPassed(
            """
            it("sees what happens meanwhile", function()
              local seen = {}
              sim.after(600, function() seen[#seen + 1] = sim.now(); sim.set(103, { status = "running" }) end)
              sim.at(sim.now() + 60, function()
                seen[#seen + 1] = "first"
                pve.vm_action(nil, 102, "shutdown")
              end)
              local begun = sim.now()
              local run = sim.run("book.lua")
              expect(run):to_succeed()
              expect(run.seconds):to_be_at_least(600)
              expect(run.seconds):to_be_less_than(660)
              expect(seen):to_have_count(2)
              expect(seen[1]):to_be("first")
              expect(seen[2]):to_be(begun + 600)
              expect(sim.guest(102).status):to_be("stopped")
            end)
            it("fails with what fails there", function()
              sim.after(10, function() expect(1):to_be(1) end)
              sim.advance(20)
              expect(function()
                sim.after(10, function() error("in the function") end)
                sim.advance(20)
              end):to_fail("in the function")
            end)
            it("ends what it leaves under way", function()
              sim.after(5, function() error("left") end)
              local ok = pcall(sim.run, "book.lua")
              expect(ok):to_be(false)
            end)
            it("runs one thing at a time", function()
              sim.after(5, function()
                expect(function() sim.run("book.lua") end):to_fail("cannot begin a run")
                sim.set(103, { status = "running" })
              end)
              expect(sim.run("book.lua")):to_succeed()
            end)
            """,
            runbook: """
                pve.wait(function() return pve.vm(103).status == "running" end, { timeout = 3600, interval = 30, what = "it" })
                """)
    }

    @Test func aHeaderAndBlocksThatWaitSideBySideHoldInTestsToo() async throws {
        try await expectPassed(
            """
            it("waits once for all", function()
              local run = sim.run("book.lua", { params = { count = 3 } })
              expect(run):to_succeed()
              expect(run.values):to_equal{ 3, 3 }
              expect(run.seconds):to_be_at_least(600)
              expect(run.seconds):to_be_less_than(700)
            end)
            it("is refused what its header wants", function()
              local run = sim.run("book.lua")
              expect(run).never:to_succeed()
              expect(run.error.message):to_contain("count")
              expect(run.status):to_be(2)
            end)
            """,
            runbook: """
                runbook{ name = "waits", params = { count = { type = "integer", required = true, help = "how many" } } }
                local list = {}
                for index = 1, pve.params.count do list[index] = index end
                local results = pve.parallel(list, function(index) pve.sleep(600) return index end)
                return #results, pve.params.count
                """)
    }

    // MARK: - What a test expects

    @Test func matchersTellRightFromWrong() async throws {
        try await expectPassed(
            #"""
            it("matches", function()
              expect({ 1, { a = "x" } }):to_equal{ 1, { a = "x" } }
              expect({ 1 }):not_to_equal{ 1, 2 }
              expect({ 1, 2 }).never:to_equal{ 1 }
              expect({ a = 1 }):not_to_equal{ b = 1 }
              expect(1):to_equal(1.0)
              expect("1"):not_to_equal(1)
              local loop = {}; loop.loop = loop
              local other = {}; other.loop = other
              expect(loop):to_equal(other)
              expect(nil):to_be_nil()
              expect(false):not_to_be_nil()
              expect(0):to_be_truthy()
              expect(nil):to_be_falsy()
              expect("abc"):to_contain("b")
              expect("a.c"):not_to_contain("a.d")
              expect({ "a", "b" }):to_contain("b")
              expect({ { vmid = 1, name = "x" } }):to_contain{ vmid = 1 }
              expect({ vmid = 1, name = "x" }):to_contain{ name = "x" }
              expect({ { vmid = 1 } }):not_to_contain{ vmid = 2 }
              expect("web-12"):to_match("^web%-%d+$")
              expect(3):to_be_greater_than(2)
              expect(2):to_be_at_least(2)
              expect(2):to_be_at_most(2)
              expect(1):to_be_less_than(2)
              expect({ 1, 2 }):to_have_count(2)
              expect({ a = 1 }):to_have_count(1)
              expect("abc"):to_have_count(3)
              expect("x"):to_be_a("string")
              expect(function() error("broken pipe") end):to_fail("broken")
              expect(function() pve.vm(999999) end):to_fail("not_found")
              expect(function() end):not_to_fail()
              expect(pve.params):to_equal{}
            end)
            """#)
        let wrong = [
            "{ 1 }):to_equal{ 2 }", "1):not_to_be(1)", "nil):to_be_truthy()", "'a'):to_contain('b')",
            "1):to_contain(1)",
            "{}):to_match('x')", "1):to_be_greater_than(1)", "'1'):to_be_greater_than(0)", "{ 1 }):to_have_count(2)",
            "function() end):to_fail()", "function() error('x') end):to_fail('y')", "1).never:to_be(1)",
            "1).never.never:to_be(2)", "{ a = 1, b = 2 }):to_equal{ a = 1 }", "{ a = 1 }):to_equal{ a = 1, b = 2 }",
            "function() error('x') end):not_to_fail('x')", "1):to_bee(1)", "1).to_be(1)",
        ]
        let lua = wrong.enumerated().map { "it('\($0.offset)', function() expect(\($0.element) end)" }
        let report = try await bench.report(lua: lua.joined(separator: "\n"))
        #expect(report["failed"] == JSONValue(wrong.count), "\(report.outcomes)")
        #expect(report.failures.map { $0["where"]?.string } == wrong.indices.map { "some_test.lua:\($0 + 1)" })
    }

    @Test func anExpectationThatIsCaughtStillFailsItsCase() async throws {
        let report = try await bench.report(lua: "it('hides', function() pcall(function() expect(1):to_be(2) end) end)")
        #expect(report["failed"] == 1)
    }

    @Test func theErrorOfACallTellsKindHintAndLine() async throws {
        let report = try await bench.report(lua: "it('asks', function()\n  pve.vm_action(nil, 101, 'explode')\nend)")
        let failure = try #require(report.failures.first)
        #expect(failure["where"] == "some_test.lua:2")
        #expect(failure["kind"] == "parameter")
        #expect(failure["message"]?.string?.contains("explode") == true)
    }
}
