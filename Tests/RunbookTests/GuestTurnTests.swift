// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Simulator
import Synchronization
import TestSupport
import Testing

@testable import Runbook

/// What a change does that finds its guest taken.
struct GuestTurnTests {
    private static let stop = StepIntent(
        actions: ["guest.stop"], method: "POST", path: "/nodes/pve1/qemu/101/status/stop", vmid: 101, guests: [101],
        cluster: "demo")

    private func other(_ bench: Bench, _ state: StepState) throws {
        let now = bench.environment.now()
        try bench.journal.beginRun(
            RunRecord(id: "other", cluster: "demo", script: "b.lua", scriptSHA256: "b", caller: .human, started: now))
        _ = try bench.journal.recordIntent(run: "other", Self.stop, at: now)
        if state == .intent { return }
        try bench.journal.recordSent(run: "other", step: 1, at: now)
        guard state == .inDoubt else { return }
        try bench.journal.recordOutcome(run: "other", step: 1, state, outcome: .null, at: now)
    }

    @Test func aTaskThatNobodyWaitedForIsFollowedFirst() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes, .yes, .yes]))
        let failure = try await bench.failure(
            of: """
                local task = pve.vm_action(nil, 101, 'shutdown', { wait = false })
                pve.snapshot(nil, 101, { name = 'after' })
                local first = pve.poll(task)
                assert(first.status == 'ok', first.status)
                """)
        #expect(failure == nil)
        let run = try #require(try bench.journal.runs(limit: 1).first)
        let steps = try bench.journal.steps(of: run.id)
        #expect(steps.map(\.state) == [.done, .done])
        #expect(steps.count == 2 && (steps[0].ended ?? .infinity) <= steps[1].intended)
    }

    @Test func callsSideBySideWaitForEachOther() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes, .yes, .yes, .yes]))
        let scope = RunScope(id: bench.environment.makeID(), environment: bench.environment, script: nil)
        let cluster = ClusterScope(run: scope, environment: bench.environment)
        let gate = Gate(environment: bench.environment, run: cluster)
        let guest = try await gate.resolve(try #require(VMID(101)))
        let endpoint = try #require(OperationTable.named("snapshot")?.endpoints.first)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a1", "b1", "c1"] {
                group.addTask {
                    let call = APICall(
                        .post, try guest.reference.path("snapshot"), [("snapname", .text(name))])
                    _ = try await gate.change(
                        Change(endpoint: endpoint, call: call, guest: guest, timeout: .seconds(60)))
                }
            }
            try await group.waitForAll()
        }
        let run = try #require(try bench.journal.runs(limit: 1).first)
        let steps = try bench.journal.steps(of: run.id)
        #expect(steps.map(\.state) == [.done, .done, .done])
        for (first, second) in zip(steps, steps.dropFirst()) {
            #expect((first.ended ?? .infinity) <= second.intended)
        }
    }

    @Test(arguments: [StepState.inDoubt, .sent])
    func whatNobodyCanDecideIsToldClearly(state: StepState) async throws {
        let consent = ScriptedConsent([.yes])
        let bench = try Bench(consent: consent)
        try other(bench, state)
        try bench.journal.releaseRun("other")
        let failure = try await bench.failure(of: "pve.vm_action(nil, 101, 'stop')")
        #expect(failure?.kind == .locked)
        #expect(failure?.message.contains("step 1 of run other") == true)
        #expect(failure?.upid == nil, "the task is not this change's")
        #expect(failure?.hint?.contains("pvelua runs resolve other 1") == true)
        #expect(consent.questions.isEmpty && bench.writes.isEmpty)
    }

    @Test func whatIsDeniedWaitsForNobody() async throws {
        let bench = try Bench(policy: try lenientPolicy("  - { id: no, actions: [guest.stop], effect: deny }"))
        try other(bench, .inDoubt)
        try bench.journal.releaseRun("other")
        #expect(try await bench.failure(of: "pve.vm_action(nil, 101, 'stop')")?.kind == .policyDenied)
    }

    @Test func whatADeadRunNeverSentIsSettled() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        try other(bench, .intent)
        try bench.journal.releaseRun("other")
        #expect(try await bench.failure(of: "pve.vm_action(nil, 101, 'stop')") == nil)
        #expect(try bench.journal.steps(of: "other").map(\.state) == [.notHappened])
    }

    @Test func aLivingRunIsWaitedForAsLongAsTheChangeMayTake() async throws {
        let consent = ScriptedConsent([.yes])
        let bench = try Bench(consent: consent)
        try other(bench, .sent)
        let start = bench.environment.now()
        let failure = try await bench.failure(of: "pve.vm_action(nil, 101, 'stop', { timeout = 20 })")
        #expect(failure?.kind == .locked)
        #expect(failure?.hint?.contains("pvelua runs show --follow other") == true)
        #expect(bench.environment.now() - start >= 20)
        #expect(
            bench.output.logged.filter { $0 == "info: waiting for run other, whose step 1 is at guest 101" }.count == 1)
        #expect(consent.questions.isEmpty && bench.writes.isEmpty)
    }

    @Test func afterALivingRunTheGuestIsReadAgain() async throws {
        let consent = ScriptedConsent([.yes])
        var bench = try Bench(consent: consent)
        try other(bench, .sent)
        let (journal, now) = (bench.journal, bench.environment.now)
        let end = now() + 5
        bench.environment.clock = WatchedClock(clock: bench.environment.clock) {
            if now() > end { try? journal.recordOutcome(run: "other", step: 1, .done, outcome: .null, at: now()) }
        }
        #expect(try await bench.failure(of: "pve.vm_action(nil, 101, 'stop', { timeout = 60 })") == nil)
        #expect(consent.questions.count == 1)
    }
}

/// A time with which something else happens.
private struct WatchedClock: ClientClock {
    let clock: any ClientClock
    let passes: @Sendable () -> Void

    var isVirtual: Bool { clock.isVirtual }
    func now() -> Duration { clock.now() }
    func sleep(for duration: Duration) async throws(CancellationError) {
        try await clock.sleep(for: duration)
        passes()
    }
}
