// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

@testable import Journal
@testable import Runbook
@testable import Simulator

/// A run that another process goes on with: what was answered is answered the same, what was done is not done again.
struct ReplayTests {
    /// A bench whose person says yes so often, and no from then on.
    private func bench(yes: Int = 20, _ policy: String? = nil) throws -> Bench {
        let answers = [ConsentAnswer](repeating: .yes, count: yes) + [.no(reason: "not now")]
        return try Bench(
            consent: ScriptedConsent(answers + [ConsentAnswer](repeating: .yes, count: 20)),
            policy: try policy.map { try lenientPolicy($0) })
    }

    private func succeeded(_ outcome: ChunkOutcome) -> Bool {
        if case .values = outcome { return true }
        Issue.record("\(outcome)")
        return false
    }

    private func failure(_ outcome: ChunkOutcome) -> Failure? {
        if case .failed(let failure) = outcome { failure.failure } else { nil }
    }

    @Test func aResumedRunSaysTheSameAndDoesNothingTwice() async throws {
        let bench = try bench()
        let code = """
            local before = pve.vm(101).status
            print(before, pve.now(), math.random(1, 1000000))
            local r = pve.vm_action(nil, 101, "stop")
            print(r.status, pve.vm(101).status)
            pve.sleep(5) pve.log("once")
            local s = pve.vm_action(nil, 101, "start")
            print(s.status)
            """
        _ = try await bench.start(code)
        let (first, writes, asked) = (bench.output.text, bench.writes, bench.cluster.requests.count)
        let (time, lines) = (bench.environment.now(), bench.output.logged.count)
        #expect(writes.count == 2)
        let (outcome, scope) = try await bench.resume(code)
        #expect(succeeded(outcome))
        #expect(bench.output.text == first + first)
        #expect(bench.writes == writes)
        #expect(bench.cluster.requests.count == asked, "nothing is asked of the cluster")
        #expect(bench.environment.now() == time, "no sleep is slept twice")
        #expect(bench.output.logged.count == lines, "no line is logged twice")
        #expect(await scope.leftOverSteps.isEmpty)
    }

    @Test func aReadOnlyRunWritesNothing() async throws {
        let bench = try bench()
        let code = "for i = 1, 50 do pve.vm(101) end pve.sleep(1) pve.log('x') print(pve.now())"
        #expect(succeeded(try await bench.start(code, ends: true).outcome))
        #expect(try bench.journal.runs(limit: 10).isEmpty)
    }

    @Test(arguments: [true, false])
    func aRunThatLackedAYesGoesOnWhenItIsGiven(ends: Bool) async throws {
        let bench = try bench(yes: 1)
        let code = "pve.vm_action(nil, 101, 'stop') pve.vm_action(nil, 102, 'stop') print('both')"
        #expect(failure(try await bench.start(code, ends: ends).outcome)?.kind == .confirmationRequired)
        #expect(bench.writes.count == 1)
        #expect(succeeded(try await bench.resume(code, ends: true).outcome))
        #expect(
            bench.writes == [101, 102].map { "POST /nodes/pve\($0 == 101 ? 1 : 2)/qemu/\($0)/status/stop" }
                || bench.writes.count == 2)
        #expect(bench.output.text == "both\n")
        #expect(try bench.journal.steps(of: "r").count == 2)
        #expect(try bench.journal.run("r")?.resumes == 1)
    }

    @Test func errorsThatAScriptCaughtComeOutAsTheyWentIn() async throws {
        let bench = try bench(yes: 1)
        let code = """
            local ok, e = pcall(pve.vm, 999)
            print(ok, e.kind, e.message, e.hint, e.vmid)
            local ok2, e2 = pcall(pve.configure, nil, 101, { set = { memory = "lots" } })
            print(ok2, e2.kind, e2.message, e2.status, e2.raw)
            pve.vm_action(nil, 101, 'stop')
            pve.vm_action(nil, 102, 'stop')
            """
        _ = try await bench.start(code)
        let first = bench.output.text
        #expect(first.contains("not_found"))
        let asked = bench.cluster.requests.filter { $0.target.contains("999") }.count
        #expect(succeeded(try await bench.resume(code).outcome))
        #expect(bench.output.text == first + first)
        #expect(bench.cluster.requests.filter { $0.target.contains("999") }.count == asked)
    }

    @Test func theSameCallAskedAgainGetsItsOwnAnswer() async throws {
        let bench = try bench(yes: 2)
        let code = """
            print(pve.vm(101).status) pve.vm_action(nil, 101, 'stop')
            print(pve.vm(101).status) pve.vm_action(nil, 101, 'start')
            print(pve.vm(101).status) pve.vm_action(nil, 101, 'stop')
            print(pve.vm(101).status) pve.vm_action(nil, 102, 'stop')
            """
        _ = try await bench.start(code)
        #expect(
            bench.writes.count == 3 && bench.output.text == "running\nstopped\nrunning\nstopped\n"
                || bench.writes.count == 2)
        let (first, writes) = (bench.output.text, bench.writes.count)
        #expect(succeeded(try await bench.resume(code).outcome))
        #expect(bench.output.text.hasPrefix(first + first))
        #expect(bench.writes.count > writes && bench.writes.filter { $0.contains("101") }.count == 3)
    }

    // MARK: - A call in flight at the crash

    /// Stops guest 101 and then puts its step back to where a crash left it.
    private func crashed(_ code: String, _ state: String, _ bench: Bench) async throws {
        _ = try await bench.start(code)
        try bench.journal.write(.config, "") { connection throws(SQLiteError) in
            try connection.query("UPDATE step SET state = ?, ended = NULL, outcome = NULL", [.text(state)])
        }
    }

    private let stopping = "print(pve.vm_action(nil, 101, 'stop').status)"

    @Test func aTaskThatEndedMeanwhileIsTheAnswer() async throws {
        let bench = try bench()
        try await crashed(stopping, "accepted", bench)
        let outcome = try await bench.resume(stopping) { (step) throws(Failure) in
            var settled = step
            (settled.state, settled.outcome) = (.done, ["changed": true, "status": "stopped", "vmid": 101])
            return settled
        }.outcome
        #expect(succeeded(outcome))
        #expect(bench.output.text == "stopped\nstopped\n" && bench.writes.count == 1)
    }

    @Test func whatNeverHappenedIsSentNow() async throws {
        let bench = try bench()
        try await crashed(stopping, "intent", bench)
        bench.cluster.update { $0.guests[101]?.power = .running }
        let outcome = try await bench.resume(stopping) { (step) throws(Failure) in
            try bench.journal.recordOutcome(run: "r", step: step.sequence, .notHappened, outcome: .null, at: 0)
            var settled = step
            settled.state = .notHappened
            return settled
        }.outcome
        #expect(succeeded(outcome))
        #expect(bench.writes.count == 2)
        #expect(try bench.journal.steps(of: "r").map(\.state) == [.notHappened, .done])
    }

    @Test func whatFailedMeanwhileIsRaised() async throws {
        let bench = try bench()
        let code = "local ok, e = pcall(pve.vm_action, nil, 101, 'stop') print(ok, e and e.kind, e and e.upid)"
        try await crashed(code, "accepted", bench)
        var trouble = Failure(.taskFailed, "it went wrong")
        trouble.upid = "UPID:x"
        let outcome = try await bench.resume(code) { [trouble] (step) throws(Failure) in
            var settled = step
            (settled.state, settled.outcome) = (.failed, trouble.json)
            return settled
        }.outcome
        #expect(succeeded(outcome))
        #expect(bench.output.text.hasSuffix("false\ttask_failed\tUPID:x\n") && bench.writes.count == 1)
    }

    @Test func aTaskThatNobodyWaitedForIsPolledByTheNextProcess() async throws {
        let bench = try bench(yes: 1)
        let code = """
            local t = pve.vm_action(nil, 101, "stop", { wait = false })
            pve.vm_action(nil, 102, "stop")
            print(pve.poll(t).exitstatus)
            """
        _ = try await bench.start(code)
        #expect(try bench.journal.steps(of: "r").map(\.state) == [.accepted])
        let outcome = try await bench.resume(code) { (step) throws(Failure) in
            // Only after the task was polled; before, it counts as still running.
            guard bench.writes.count == 2 else { return step }
            try bench.journal.recordOutcome(run: "r", step: step.sequence, .done, outcome: ["changed": true], at: 0)
            var settled = step
            (settled.state, settled.outcome) = (.done, ["changed": true])
            return settled
        }.outcome
        #expect(succeeded(outcome))
        #expect(bench.output.text == "OK\n" && bench.writes.count == 2)
        #expect(try bench.journal.steps(of: "r").allSatisfy { $0.state.isSettled })
    }

    // MARK: - Calls of several steps

    @Test(arguments: [true, false])
    func aGuestIsMadeOnce(isAnswered: Bool) async throws {
        let bench = try bench(yes: 0, "")
        let code =
            #"local r = pve.clone(nil, 9000, { name = "web-3" }) print(r.vmid) pve.vm_action(nil, r.vmid, "start")"#
        _ = try await bench.start(code)
        if !isAnswered {
            // Killed before the clone was answered: only its step and its number are known.
            try bench.journal.write(.config, "") { connection throws(SQLiteError) in
                try connection.query("DELETE FROM call")
                try connection.query("DELETE FROM step WHERE sequence > 1")
            }
            bench.cluster.update { state in
                for (vmid, guest) in state.guests where guest.config["name"] == "web-3" {
                    state.guests[vmid]?.power = .stopped
                }
            }
        }
        let outcome = try await bench.resume(code).outcome
        #expect(succeeded(outcome))
        let lines = bench.output.text.split(separator: "\n")
        #expect(lines.count == 2 && lines.first == lines.last, "\(lines)")
        #expect(bench.writes.filter { $0.hasSuffix("/clone") }.count == 1)
    }

    // MARK: - What the run goes by

    @Test func modulesAreThoseThatWereLoaded() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        _ = try folder.write("names.lua", "return { first = 101 }")
        var bench = try bench(yes: 1)
        bench.environment.modules = ModuleFinder(folder: folder.url.path)
        let code =
            "local n = require('names') pve.vm_action(nil, n.first, 'stop') pve.vm_action(nil, 102, 'stop') print(n.first)"
        _ = try await bench.start(code)
        _ = try folder.write("names.lua", "return { first = 110 }")
        #expect(succeeded(try await bench.resume(code).outcome))
        #expect(bench.output.text == "101\n" && bench.writes.count == 2)
    }

    @Test func aCrashShedsNoRule() async throws {
        let rules = """
              - { id: crown, actions: [guest.stop], where: { tag: "crown-*" }, effect: deny }
            """
        let bench = try bench(yes: 0, rules)
        bench.cluster.update { $0.guests[101]?.config["tags"] = "crown-x;web" }
        let code = "pve.untag(101, 'crown-x') pve.vm_action(nil, 101, 'stop')"
        #expect(failure(try await bench.start(code).outcome)?.kind == .policyDenied)
        let again = failure(try await bench.resume(code).outcome)
        #expect(
            again?.kind == .policyDenied && again?.hint?.contains("rule \"crown\"") == true,
            "\(String(describing: again))")
        #expect(bench.writes.count == 1)
    }

    @Test func aSecretIsNotKeptAndEndsTheRunThatNeedsIt() async throws {
        let bench = try bench(yes: 1)
        bench.cluster.update { $0.guests[101]?.config["cipassword"] = "hunter2" }
        let code = """
            local c = pve.api.get("/nodes/pve1/qemu/101/config")
            pve.vm_action(nil, 101, "stop") pve.vm_action(nil, 102, "stop")
            """
        _ = try await bench.start(code)
        let calls = try bench.journal.memory(of: "r").calls
        #expect(calls.contains { $0.name == "api.get" && $0.answer == .withheld })
        let end = failure(try await bench.resume("local ok = pcall(function() \(code) end) print('caught')").outcome)
        #expect(end?.kind == .unsupported && end?.message.contains("api.get") == true, "\(String(describing: end))")
        #expect(bench.writes.count == 1 && bench.output.text.isEmpty)
    }

    @Test func anotherClusterHasItsOwnAnswers() async throws {
        let two = try TwoClusters()
        let code = """
            print(pve.vm(103).status, pve.cluster("lab2").vm(103).status)
            pve.cluster("lab2").vm(103):start()
            print(pve.vm(103).status, pve.cluster("lab2").vm(103).status)
            pve.vm_action(nil, 103, "start")
            """
        _ = try await two.bench.start(code)
        let (first, asked) = (two.bench.output.text, two.other.requests.count)
        #expect(succeeded(try await two.bench.resume(code).outcome))
        #expect(two.bench.output.text == first + first)
        #expect(two.other.requests.count == asked)
    }

    @Test func parametersThatAreSecretsAreKeptByNameOnly() async throws {
        var bench = try bench()
        bench.environment.settings.parameters = [("who", "me"), ("password", "hunter2")]
        _ = try await bench.start(stopping)
        let origin = try #require(try bench.journal.run("r")?.origin)
        #expect(origin.parameters == [.init("who", "me"), .init("password", nil)])
        #expect(String(decoding: origin.source, as: UTF8.self) == stopping && origin.chunk == "@test.lua")
        #expect(origin.fingerprint?.isEmpty == false)
    }

    // MARK: - Undoing

    private let undone = """
        pve.on_failure(function() pve.vm_action(nil, 101, "start") print("undone") end)
        pve.vm_action(nil, 101, "stop")
        print(pve.vm(101).status)
        error("enough")
        """

    @Test func whatWasUndoneIsNotUndoneTwice() async throws {
        let bench = try bench(yes: 0, "")
        #expect(failure(try await bench.start(undone).outcome)?.kind == .script)
        #expect(bench.writes.count == 2)
        #expect(try bench.journal.run("r")?.undoing?["kind"] == "script")
        let end = failure(try await bench.resume(undone).outcome)
        #expect(end?.message.contains("enough") == true && bench.writes.count == 2)
    }

    @Test func aRunThatWasUndoingGoesLiveOnlyThere() async throws {
        let bench = try bench(yes: 0, "")
        _ = try await bench.start(undone)
        try bench.journal.write(.config, "") { connection throws(SQLiteError) in
            try connection.query("UPDATE step SET state = 'not_happened' WHERE sequence = 2")
            // As if the script would ask something now that it had not asked before it failed.
            try connection.query("DELETE FROM call WHERE name = 'vm'")
        }
        bench.cluster.update { $0.guests[101]?.power = .stopped }
        let (outcome, scope) = try await bench.resume(undone)
        #expect(failure(outcome)?.message.contains("enough") == true, "\(outcome)")
        #expect(bench.output.text.hasSuffix("undone\n"))
        #expect(bench.writes.count == 3 && bench.writes.last?.hasSuffix("101/status/start") == true)
        #expect(await scope.leftOverSteps.isEmpty)
    }

    @Test func stepsThatTheScriptNoLongerAsksForAreTold() async throws {
        let bench = try bench()
        _ = try await bench.start("pve.vm_action(nil, 101, 'stop') pve.vm_action(nil, 102, 'stop')")
        let (_, scope) = try await bench.resume("pve.vm_action(nil, 101, 'stop')")
        #expect(await scope.leftOverSteps.map(\.intent.vmid) == [102])
    }
}
