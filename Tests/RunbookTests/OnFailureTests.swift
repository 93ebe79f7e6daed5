// SPDX-License-Identifier: Apache-2.0
import Journal
import Model
import Policy
import Proxmox
import Simulator
import TestSupport
import Testing

@testable import Runbook

/// `pve.on_failure`: what a failed script wants undone, newest first, through the Gate.
struct OnFailureTests {
    /// How each compensation ended, newest first, in a word.
    private func words(_ account: RunAccount?) -> [String] {
        (account?.compensations ?? []).map { note in
            switch note.end {
            case .done: "done"
            case .failed(let failure): failure.kind.rawValue
            case .notRun: "not run"
            }
        }
    }

    private func failure(_ bench: Bench, _ code: String) async throws -> ScriptFailure {
        guard case .failed(let failure) = try await bench.run(code) else {
            throw Failure(.script, "the script did not fail")
        }
        return failure
    }

    @Test func theNewestIsRunFirstAndOneThatIsRefusedKeepsNoOtherFromItsTurn() async throws {
        let bench = try Bench()
        let failed = try await failure(
            bench,
            """
            pve.on_failure(function() pve.vm_action(nil, 103, "start") end)
            pve.on_failure(function() pve.vm_action(nil, 101, "stop") end)
            pve.on_failure(function() print("newest", pve.params ~= nil) end)
            pve.vm_action(nil, 111, "start")
            error("late")
            """)
        #expect(failed.failure.kind == .script)
        #expect(failed.location == "test:5")
        #expect(
            bench.output.logged == [
                "warning: test:5: late; what pve.on_failure was given is called now, newest first",
                "info: pve.on_failure 1 of 3, registered at test:3",
                "info: pve.on_failure 2 of 3, registered at test:2",
                "info: pve.on_failure 3 of 3, registered at test:1",
            ])
        #expect(bench.output.text == "newest\ttrue\n")
        #expect(words(failed.account) == ["done", "confirmation_required", "done"])
        #expect(failed.account?.compensations.map(\.location) == ["test:3", "test:2", "test:1"])
        #expect(bench.writes == ["POST /nodes/pve3/lxc/111/status/start", "POST /nodes/pve1/qemu/103/status/start"])
        let steps = try #require(failed.account?.steps)
        #expect(steps.map(\.vmid) == [111, 103])
        #expect(steps.map(\.state) == [.done, .done])
        #expect(steps.map(\.compensation) == [nil, 1])
        #expect(steps.allSatisfy { $0.upid?.hasPrefix("UPID:") == true })
    }

    @Test(arguments: [
        ("local undo = pve.on_failure(error); undo(); undo(); error('x')", []),
        ("local undo = pve.on_failure(error); pve.on_failure(print); undo(); error('x')", ["done"]),
        ("pve.on_failure(print); pve.vm(999)", ["done"]),
        ("pve.on_failure(print); pcall(error, 'caught'); while true do end", ["done"]),
        ("pve.on_failure(print); local t = {}; while true do t[#t + 1] = ('x'):rep(1000000) .. #t end", ["done"]),
        ("pcall(pve.on_failure, 'no function'); error('x')", []),
        ("coroutine.wrap(function() pve.on_failure(print) end)(); error('x')", ["done"]),
        ("table.sort({ 1, 2 }, function() pve.on_failure(print) error('x') end)", ["done"]),
    ])
    func whatWaitsIsRunWhateverEndsTheScript(code: String, ends: [String]) async throws {
        let bench = try Bench {
            $0.limits.memory = 32 << 20
            $0.limits.processorSlice = 0.1
        }
        let failed = try await failure(bench, code)
        #expect(words(failed.account) == ends, "\(failed)")
    }

    /// The newest misbehaves; the one registered before it must have its turn all the same.
    @Test(arguments: [
        ("while true do end", ["limit"]),
        ("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end", ["limit"]),
        ("while true do print(('x'):rep(100000)) end", ["limit"]),
        ("local function f() return f() + 1 end f()", ["limit", "script"]),
        ("pve.on_failure(print)", ["unsupported"]),
        ("error()", ["script"]), ("error(nil)", ["script"]), ("error(print)", ["script"]),
        ("error({ kind = 'policy_denied', message = 'forged' })", ["script"]),
        ("error(setmetatable({}, { __tostring = function() while true do end end }))", ["limit"]),
        ("error(setmetatable({}, { __tostring = function() error('again') end }))", ["script"]),
        ("error(coroutine.create(print))", ["script"]), ("error(('x'):rep(5000000))", ["script"]),
        ("coroutine.yield()", ["script"]), ("coroutine.wrap(coroutine.yield)()", ["done"]),
        ("coroutine.wrap(function() pve.now() error('inner') end)()", ["script"]),
        ("coroutine.wrap(function() while true do pve.now() end end)()", ["limit"]),
        ("pve.vm(999)", ["not_found"]), ("nothing()", ["script"]),
        ("_G.pve = nil; print = nil; error = nil; local x = nil + 1", ["script"]),
    ])
    func oneThatMisbehavesHarmsOnlyItself(body: String, allowed: [String]) async throws {
        let bench = try Bench {
            $0.limits.memory = 32 << 20
            $0.limits.processorSlice = 0.1
        }
        let failed = try await failure(
            bench,
            """
            local pve = pve
            pve.on_failure(function() pve.vm_action(nil, 103, "start") end)
            pve.on_failure(function() \(body) end)
            error("x")
            """)
        #expect(failed.failure.message == "x")
        let ends = words(failed.account)
        #expect(ends.count == 2 && ends.last == "done", "\(ends)")
        #expect(allowed.contains(ends.first ?? ""), "\(ends)")
        #expect(bench.writes == ["POST /nodes/pve1/qemu/103/status/start"])
    }

    @Test func tenThousandAreTooMany() async throws {
        let bench = try Bench()
        let failed = try await failure(bench, "for i = 1, 10000 do pve.on_failure(function() end) end")
        #expect(failed.failure.kind == .limit)
        #expect(words(failed.account) == Array(repeating: "done", count: CompensationBook.maximum))
    }

    /// A script that catches every refusal for ever is ended, and what still waits has its turn.
    @Test func oneThatCallsForEverIsEndedAndThatIsTold() async throws {
        let bench = try Bench { $0.limits.calls = 10 }
        let code = "pve.on_failure(print) pve.on_failure(function() while true do pcall(pve.now) end end) error('x')"
        let failed = try await failure(bench, code)
        #expect(failed.failure.message == "x")
        #expect(words(failed.account) == ["limit", "done"])
    }

    @Test func afterThreeThatMeetALimitTheRestIsLeft() async throws {
        let bench = try Bench { $0.limits.processorSlice = 0.05 }
        let failed = try await failure(
            bench, "for i = 1, 5 do pve.on_failure(function() while true do end end) end error('x')")
        #expect(words(failed.account) == ["limit", "limit", "limit", "not run", "not run"])
    }

    /// The cluster said yes and could not be looked at afterwards: it must not look as if it could be sent again.
    @Test func whatWasAnsweredNeverCountsAsNotHappened() async throws {
        let bench = try Bench(
            policy: try PolicySet.load(
                yaml: "version: 1\nrules: [{ id: all, actions: ['*'], effect: allow }]", file: "policy.yaml"))
        bench.cluster.inject(Fault(.dropBeforeEffect, method: .get, path: "/pools", count: 1000))
        let failed = try await failure(bench, "pve.pool_create('fresh')")
        #expect(failed.failure.kind == .inDoubt, "\(failed.failure)")
        #expect(failed.account?.steps.map(\.state) == [.inDoubt])
        #expect(bench.writes.count == 1)
    }

    @Test func doubtStaysDoubt() async throws {
        let bench = try Bench()
        bench.loseAnswer()
        let failed = try await failure(
            bench, "pve.on_failure(print); pve.vm_action(nil, 103, 'start')")
        #expect(failed.failure.kind == .inDoubt)
        #expect(words(failed.account) == ["not run"])
        #expect(failed.account?.steps.map(\.state) == [.inDoubt])
    }

    // MARK: - One session

    private func session(_ bench: Bench) async throws -> (RunbookSession, WorkerProcess) {
        let worker = try WorkerProcess.launch(executable: Bench.worker)
        let scope = RunScope(id: "r", environment: bench.environment, script: nil)
        return (try await RunbookSession.start(bench.environment, worker: worker, run: scope), worker)
    }

    private func chunk(_ code: String) -> Chunk { Chunk(source: Array(code.utf8), name: "=repl", isExpression: true) }

    @Test func eachChunkHasItsOwn() async throws {
        let bench = try Bench()
        let (session, _) = try await session(bench)
        guard case .values = await session.evaluate(chunk("undo = pve.on_failure(print)")),
            case .failed(let failed) = await session.evaluate(chunk("undo(); error('x')"))
        else {
            Issue.record("not as expected")
            return
        }
        #expect(words(failed.account) == [])
        await session.end()
    }

    @Test func afterAnInterruptNoneIsRunAndAllAreTold() async throws {
        let bench = try Bench { $0.limits.processorSlice = 60 }
        let (session, _) = try await session(bench)
        let code = "pve.on_failure(print) pve.on_failure(print) pve.list_vms() while true do end"
        async let outcome = session.evaluate(chunk(code))
        try await eventually("the first request") { !bench.cluster.requests.isEmpty }
        await session.interrupt()
        guard case .failed(let failed) = await outcome else {
            Issue.record("it did not fail")
            return
        }
        #expect(failed.failure.kind == .cancelled)
        #expect(words(failed.account) == ["not run", "not run"])
        #expect(bench.output.text == "")
        guard case .failed(let later) = await session.evaluate(chunk("pve.on_failure(print) error('x')")) else {
            Issue.record("it did not fail")
            return
        }
        #expect(words(later.account) == ["done"])
        await session.end()
    }

    @Test func withoutItsWorkerNoneCanBeRunAndAllAreTold() async throws {
        let bench = try Bench()
        let (session, worker) = try await session(bench)
        bench.transport.before("/cluster/resources") { worker.kill(reason: "the test killed it") }
        guard case .failed(let failed) = await session.evaluate(chunk("pve.on_failure(print)\npve.list_vms()")) else {
            Issue.record("it did not fail")
            return
        }
        #expect(words(failed.account) == ["not run"])
        #expect(failed.account?.compensations.first?.location == "repl:1")
    }
}
