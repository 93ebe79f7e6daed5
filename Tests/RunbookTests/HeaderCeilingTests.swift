// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Policy
import TestSupport
import Testing

@testable import Runbook

/// What a header does not declare does not happen, whichever way a script tries it and whatever policy says.
struct HeaderCeilingTests {
    private let bench: Bench

    init() throws {
        let all = try PolicySet.load(
            yaml: "version: 1\nrules: [{ id: all, actions: ['*'], effect: allow }]", file: "policy.yaml")
        bench = try Bench(policy: all)
    }

    /// Runs a script as the host runs one: its header read first, and the world bounded by it.
    private func run(_ code: String) async throws -> ChunkOutcome {
        var bench = bench
        let chunk = Chunk(source: Array(code.utf8), name: "@x.lua")
        bench.environment = try bench.environment.governed(by: try RunbookHeader.read(chunk))
        return try await bench.run(chunk)
    }

    private func failure(of code: String) async throws -> Failure {
        guard case .failed(let failure) = try await run(code) else { throw Failure(.script, "it went well") }
        return failure.failure
    }

    @Test(arguments: [
        "pve.vm_action(nil, 101, 'stop')", "pve.vm(101):stop()", "pve.api.post('/nodes/pve1/qemu/101/status/stop')",
        "pve.cluster('demo').vm_action(nil, 101, 'stop')",
        "local co = coroutine.wrap(function() pve.vm(101):stop() end) co()",
        "load('pve.vm(101):stop()')()", "setmetatable({}, { __index = function() pve.vm(101):stop() end }).x()",
    ])
    func anUndeclaredChangeIsDeniedWhateverPolicySays(call: String) async throws {
        let failure = try await failure(of: "runbook{ actions = { 'guest.start' } }\n" + call)
        #expect(failure.kind == .policyDenied, "\(failure)")
        #expect(failure.message.hasPrefix("the runbook's header does not declare guest.stop: guest.stop of guest 101"))
        #expect(failure.hint?.contains("add it to actions in its header (x.lua:1:10): \"guest.stop\"") == true)
        #expect(bench.writes == [])
    }

    @Test func whatIsDeclaredAndAllReadsPass() async throws {
        let outcome = try await run(
            """
            runbook{ actions = { "guest.start" } }
            local made = pve.vm(103):start()
            return made.verified, #pve.list_vms() > 0, pve.api.get("/nodes/pve1/qemu/101/config") ~= nil
            """)
        guard case .values(let values) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(values.map(\.json) == [true, true, true])
        #expect(bench.writes == ["POST /nodes/pve1/qemu/103/status/start"])
    }

    @Test func aCeilingWithoutActionsLetsItReadOnly() async throws {
        #expect(try await failure(of: "runbook{ actions = {} } pve.vm(103):start()").kind == .policyDenied)
        #expect(try await failure(of: "runbook{ actions = { 'read.*' } } pve.vm(103):start()").kind == .policyDenied)
        #expect(bench.writes == [])
    }

    @Test func aHeaderAllowsNothingThatPolicyDenies() async throws {
        var bench = try Bench(
            policy: try PolicySet.load(
                yaml:
                    "version: 1\nrules: [{ id: no, actions: [guest.start], effect: deny }, { id: r, actions: ['read.*'], effect: allow }]",
                file: "policy.yaml"))
        let chunk = Chunk(source: Array("runbook{ actions = { '*' } } pve.vm(103):start()".utf8), name: "@x.lua")
        bench.environment = try bench.environment.governed(by: try RunbookHeader.read(chunk))
        guard case .failed(let failure) = try await bench.run(chunk) else {
            Issue.record("it went well")
            return
        }
        #expect(failure.failure.kind == .policyDenied && failure.failure.hint?.contains("rule \"no\" decides") == true)
    }

    @Test func catchingTheErrorChangesNothing() async throws {
        let outcome = try await run(
            """
            runbook{ actions = {} }
            local first, problem = pcall(function() pve.vm(103):start() end)
            local second = xpcall(pve.api.post, function() return pcall(pve.vm_action, nil, 103, "start") end, "/nodes/pve1/qemu/103/status/start")
            return first, second, pve.is_error(problem, "policy_denied")
            """)
        guard case .values(let values) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(values.map(\.json) == [false, false, true])
        #expect(bench.writes == [])
    }

    @Test func aCallOfSeveralActionsNeedsAllOfThem() async throws {
        let call = "pve.api.put('/nodes/pve1/qemu/101/config', { protection = 0, memory = 512 })"
        let failure = try await failure(of: "runbook{ actions = { 'guest.config' } }\n" + call)
        #expect(failure.message.contains("does not declare guest.unprotect"), "\(failure)")
        #expect(bench.writes == [])
    }

    @Test func anUnknownCallIsNotDeclaredByNamesOfOthers() async throws {
        let failure = try await failure(
            of: "runbook{ actions = { 'guest.*' } }\npve.api.post('/nodes/pve1/nothing/of/that/kind')")
        #expect(failure.kind == .policyDenied || failure.kind == .parameter, "\(failure)")
        #expect(bench.writes == [])
    }

    @Test func compensationsAreBoundedToo() async throws {
        let failure = try await failure(
            of:
                "runbook{ actions = { 'guest.start' } }\npve.vm(103):start() pve.on_failure(function() pve.vm(103):stop() end) error('x')"
        )
        #expect(failure.kind == .script)
        #expect(bench.writes.count == 1, "\(bench.writes)")
    }

    @Test func aHeaderBoundsHowMuchIsChanged() async throws {
        let failure = try await failure(
            of: "runbook{ limits = { changes = 1 } }\npve.vm(103):start() pve.vm(111):start()")
        #expect(
            failure.kind == .limit && failure.message.contains("the runbook header's limits.changes is 1"), "\(failure)"
        )
        #expect(bench.writes.count == 1)
    }

    @Test func aHeaderTightensAndNeverLoosens() throws {
        func limits(_ text: String) throws -> WorkerLimits {
            let chunk = Chunk(source: Array("runbook{ limits = { \(text) } }".utf8), name: "@x.lua")
            return try bench.environment.governed(by: try RunbookHeader.read(chunk)).settings.limits
        }
        let before = bench.environment.settings.limits
        #expect(try limits("calls = 5, memory = '1MiB', cpu = '10ms'").calls == 5)
        #expect(try limits("calls = 5, memory = '1MiB', cpu = '10ms'").memory == 1 << 20)
        #expect(try limits("cpu = '10ms'").processorSlice == 0.01)
        #expect(try limits("calls = 1000000, memory = '1TiB', cpu = '7d'") == before)
    }

    @Test func callsBeyondTheHeadersLimitAreRefused() async throws {
        let failure = try await failure(
            of: "runbook{ limits = { calls = 3 } } for _ = 1, 9 do pve.now() pve.list_nodes() end")
        #expect(failure.kind == .limit, "\(failure)")
    }

    @Test(arguments: [Caller.ci, .agent])
    func whomItIsNotForItDoesNotRunFor(caller: Caller) throws {
        var environment = bench.environment
        environment.caller = caller
        let chunk = Chunk(source: Array("runbook{ callers = { 'human' } }".utf8), name: "@x.lua")
        let failure = try #require(throws: Failure.self) {
            try environment.governed(by: try RunbookHeader.read(chunk))
        }
        #expect(failure.kind == .policyDenied && failure.message.contains("may be run by human"))
    }

    // MARK: - Calls that nobody has read

    @Test(arguments: [
        "runbook{} _G.runbook{}", "runbook{} local again = runbook again{}", "runbook{} load('runbook{}')()",
        "local _ENV = setmetatable({}, { __index = _G }) _ENV['run' .. 'book']{}",
        "local f = runbook f{ actions = {} }", "load('runbook{ actions = {} }')()", "_G['runbook']{}",
        "local x <close> = setmetatable({}, { __close = _G.runbook })",
        "runbook{} coroutine.wrap(_G.runbook)()", "runbook{} runbook = runbook runbook{}",
    ])
    func aCallThatTheHostHasNotReadIsAnError(code: String) async throws {
        let failure = try await failure(of: code)
        #expect(failure.message.contains("the header must be the first statement of the file"), "\(failure)")
    }

    @Test func aHeaderThatNobodyHasReadBoundsNothingAndSaysSo() async throws {
        // As a session of many chunks would run it: without reading headers.
        let failure = try #require(try await bench.failure(of: "runbook{ actions = {} }"))
        #expect(failure.message.contains("bounds nothing here"))
    }

    @Test func whoeverTakesTheNameForSomethingElseMayDoSo() async throws {
        let outcome = try await run("runbook{ actions = {} } runbook = function(x) return x end return runbook(5)")
        guard case .values(let values) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(values.map(\.json) == [5])
    }
}
