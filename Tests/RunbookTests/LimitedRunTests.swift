// SPDX-License-Identifier: Apache-2.0
import Journal
import Model
import Policy
import Proxmox
import Simulator
import Synchronization
import TestSupport
import Testing

@testable import Runbook

/// A time that a test sets.
private final class SetTime: Sendable {
    private let value: Mutex<Double>
    init(_ start: Double) { value = Mutex(start) }
    var now: Double { value.withLock { $0 } }
    func advance(_ seconds: Double) { value.withLock { $0 += seconds } }
}

/// The policy's limits as whole runs meet them.
struct LimitedRunTests {
    private func bench(_ limits: String, caller: Caller = .human) throws -> Bench {
        try Bench(caller: caller, policy: try lenientPolicy(limits: limits))
    }

    private func describe(_ vmid: Int) -> String {
        "pve.configure(nil, \(vmid), { set = { description = '\(UInt64.random(in: 0...UInt64.max))' } })\n"
    }

    /// The name of the limit that a chunk meets, or nil where it comes to its end.
    private func limit(of bench: Bench, _ code: String) async throws -> String? {
        guard let failure = try await bench.failure(of: code) else { return nil }
        #expect(failure.kind == .limit, "\(failure)")
        return failure.message
    }

    // MARK: - The hour

    @Test func anHourSlidesOverAllRunsAndIsEachCallersOwn() async throws {
        var bench = try bench("{ hour: { changes: 2 } }")
        let time = SetTime(1_800_000_000)
        bench.environment.now = { time.now }
        #expect(try await limit(of: bench, describe(101)) == nil)
        time.advance(1800)
        #expect(try await limit(of: bench, describe(102)) == nil)
        let third = try #require(try await limit(of: bench, describe(103)))
        #expect(third.contains("limits.hour.changes is 2, and 2 are used"), "\(third)")
        bench.environment.caller = .agent
        #expect(try await limit(of: bench, describe(103)) == nil, "an agent's hour is its own")
        bench.environment.caller = .ci
        #expect(try await limit(of: bench, describe(103) + describe(103)) == nil, "so is that of ci")
        bench.environment.caller = .human
        time.advance(1799)
        #expect(try await limit(of: bench, describe(103)) != nil)
        time.advance(1)
        #expect(try await limit(of: bench, describe(103)) == nil, "the first is an hour ago")
        #expect(try await limit(of: bench, describe(103)) != nil, "the second is not")
        time.advance(-86_400)
        #expect(try await limit(of: bench, describe(103)) != nil, "a clock that is put back frees nothing")
    }

    @Test func aCallersOwnLimitsBindNobodyElse() async throws {
        var bench = try bench("{ callers: { agent: { hour: { guests: 1 } } } }", caller: .agent)
        #expect(try await limit(of: bench, describe(101) + describe(101)) == nil)
        #expect(try await limit(of: bench, describe(102))?.contains("limits.callers.agent.hour.guests is 1") == true)
        bench.environment.caller = .human
        #expect(try await limit(of: bench, describe(102) + describe(103)) == nil)
    }

    // MARK: - What counts

    @Test func whatDidNotHappenCountsForNothing() async throws {
        let bench = try bench("{ run: { changes: 1 } }")
        bench.cluster.inject(Fault(.status(595, "Connection refused"), method: .post))
        let code = """
            print(pcall(pve.vm_action, nil, 103, 'start'))
            pve.vm_action(nil, 103, 'start')
            """
        #expect(try await limit(of: bench, code) == nil)
        #expect(bench.writes.count == 2)
    }

    @Test func whatFailedCounts() async throws {
        let bench = try bench("{ run: { changes: 1 } }")
        bench.cluster.inject(Fault(.status(500, "VM is locked (backup)"), method: .post))
        let code = """
            print(pcall(pve.vm_action, nil, 103, 'start'))
            pve.vm_action(nil, 103, 'start')
            """
        #expect(try await limit(of: bench, code) != nil)
        #expect(bench.writes.count == 1)
    }

    @Test func aGuestThatIsFollowedCountsOnceAndCanBeTheCanary() async throws {
        let bench = try bench("{ run: { changes: 2, canary: 1 } }")
        let cluster = bench.cluster
        bench.transport.before("/tasks?source=all") { cluster.update { $0.guests[103]?.node = "pve2" } }
        let code = "pve.vm_action(nil, 103, 'start')\npve.vm_action(nil, 111, 'start')\npve.vm_action(nil, 110, 'stop')"
        #expect(try await limit(of: bench, code)?.contains("limits.run.changes is 2") == true)
        #expect(bench.writes.count == 3, "103 twice, 111 once: \(bench.writes)")
    }

    @Test func theUndoingOfARunCountsAsWell() async throws {
        let bench = try bench("{ run: { changes: 1 } }")
        let code = """
            pve.on_failure(function() pve.vm_action(nil, 103, 'stop') end)
            pve.vm_action(nil, 103, 'start')
            error('on purpose')
            """
        _ = try await bench.run(code)
        #expect(bench.writes.count == 1, "\(bench.writes)")
        #expect(bench.writes.first?.hasSuffix("103/status/start") == true)
    }

    @Test(arguments: [
        "pve.api.post('/nodes/pve1/stopall')", "pve.api.post('/nodes/pve1/stopall', { vms = 'x' })",
        "pve.api.post('/nodes/pve1/stopall', { vms = '101,100' })",
        "pve.api.post('/cluster/bulk-action/guest/shutdown', { vms = { 100, 101 } })",
        "pve.api.post('/nodes/pve1/vzdump', { all = 1, mode = 'stop' })",
    ])
    func aCallForManyGuestsCountsForEach(_ call: String) async throws {
        for limits in ["{ run: { guests: 1 } }", "{ hour: { \"guest.s*\": 1 } }", "{ run: { canary: 1 } }"] {
            let bench = try bench(limits)
            #expect(try await limit(of: bench, call) != nil, "\(limits)")
            #expect(bench.writes.isEmpty)
        }
    }

    // MARK: - Canary

    @Test func nobodyFollowsACanaryThatFailed() async throws {
        let bench = try bench("{ run: { canary: 1 } }")
        bench.cluster.inject(Fault(.status(500, "VM is locked (backup)"), method: .post))
        let code = "print(pcall(pve.vm_action, nil, 103, 'start'))\npve.vm_action(nil, 111, 'start')"
        #expect(try await limit(of: bench, code)?.contains("guest 103 did not come out well") == true)
        #expect(bench.writes.count == 1)
    }

    @Test func nobodyFollowsACanaryThatIsInDoubt() async throws {
        let bench = try bench("{ run: { canary: 1 } }")
        bench.loseAnswer()
        let code = """
            pcall(pve.vm_action, nil, 103, 'start')
            local _, e = pcall(pve.vm_action, nil, 111, 'start')
            print(e.kind, e.message:match('guest 103 did not come out well'))
            """
        _ = try await bench.run(code)
        #expect(bench.output.text == "limit\tguest 103 did not come out well\n")
    }

    @Test func aCanaryThatNobodyWaitedForHasToBeWaitedFor() async throws {
        let bench = try bench("{ run: { canary: 1 } }")
        let code = """
            local task = pve.vm_action(nil, 103, 'start', { wait = false })
            local ok, e = pcall(pve.vm_action, nil, 111, 'start')
            print(ok, e.kind, e.message:match('has not come out yet'))
            pve.poll(task)
            pve.vm_action(nil, 111, 'start')
            """
        #expect(try await limit(of: bench, code) == nil)
        #expect(bench.output.text == "false\tlimit\thas not come out yet\n")
    }

    // MARK: - Pools

    @Test func aPoolIsWhatItWasWhenTheRunBegan() async throws {
        let bench = try bench("{ run: { pool: 50% } }")
        let code = """
            pve.pool_remove('web', { guests = { 101 } })
            pve.vm_action(nil, 101, 'stop')
            pve.vm_action(nil, 102, 'stop')
            """
        let message = try #require(try await limit(of: bench, code))
        #expect(message.contains("guest 2 of the 2 that pool web had when the run began"), "\(message)")
        #expect(bench.writes.count == 2, "\(bench.writes)")
    }

    @Test func movingManyOutOfAPoolAtOnceIsChangingThem() async throws {
        let bench = try bench("{ run: { pool: 50% } }")
        #expect(try await limit(of: bench, "pve.pool_remove('web', { guests = { 101, 102 } })") != nil)
        #expect(bench.writes.isEmpty)
    }

    // MARK: - The look ahead

    @Test func policyIsAskedAgainAfterALongSilence() async throws {
        let time = SetTime(1_800_000_000)
        let policy = try lenientPolicy(
            """
              - { id: ask, actions: [guest.stop], effect: confirm }
              - { id: late, actions: [guest.stop], effect: deny, where: { during: { from: "08:00", to: "09:00", zone: UTC } } }
            """)
        // 1,800,000,000 is 08:00 UTC; the question is put a second before.
        time.advance(-1)
        var bench = try Bench(consent: ScriptedConsent([.yes, .yes]) { _ in time.advance(30) }, policy: policy)
        bench.environment.now = { time.now }
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 101, 'stop')"))
        #expect(failure.kind == .policyDenied, "\(failure)")
        #expect(bench.writes.isEmpty)
    }
}
