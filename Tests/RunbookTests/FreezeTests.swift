// SPDX-License-Identifier: Apache-2.0
import Journal
import Model
import Simulator
import Synchronization
import Testing

@testable import Runbook

/// What a freeze means for runs.
struct FreezeTests {
    private func freeze(_ journal: SQLiteJournal, from time: Double) {
        _ = try? journal.freeze(
            FreezeRecord(began: time, until: 4_000_000_000, reason: "new switch", account: "alice"))
    }

    @Test func nobodyIsAskedAboutWhatCannotBe() async throws {
        let consent = ScriptedConsent([.yes])
        let bench = try Bench(consent: consent)
        freeze(bench.journal, from: bench.environment.now())
        let failure = try await bench.failure(of: "pve.vm_action(nil, 101, 'stop')")
        #expect(failure?.kind == .policyDenied)
        #expect(failure?.message.contains("by alice: new switch") == true)
        #expect(failure?.vmid == 101 && failure?.action == "guest.stop")
        #expect(consent.questions.isEmpty)
        #expect(bench.writes.isEmpty)
        #expect(try bench.journal.runs(limit: 1).isEmpty)
    }

    @Test(arguments: [
        "pve.vm_action(nil, 103, 'start')", "pve.api.post('/nodes/pve1/qemu/103/status/start')",
        "pve.snapshot(nil, 101, { name = 'a1' })",
    ])
    func typedAndRawAreStoppedAlike(code: String) async throws {
        let bench = try Bench()
        freeze(bench.journal, from: bench.environment.now())
        #expect(try await bench.failure(of: code)?.kind == .policyDenied)
        #expect(bench.writes.isEmpty)
    }

    @Test func readsGoOn() async throws {
        let bench = try Bench()
        freeze(bench.journal, from: bench.environment.now())
        #expect(try await bench.failure(of: "assert(#pve.list_vms() > 0); pve.vm(101)") == nil)
    }

    /// The freeze comes while the person is being asked: the yes is worth nothing then.
    @Test func oneThatComesDuringTheQuestionStillStopsTheChange() async throws {
        let box = Mutex<SQLiteJournal?>(nil)
        let consent = ScriptedConsent([.yes]) { _ in
            if let journal = box.withLock(\.self) { freeze(journal, from: 0) }
        }
        let bench = try Bench(consent: consent)
        box.withLock { $0 = bench.journal }
        let failure = try await bench.failure(of: "pve.vm_action(nil, 101, 'stop')")
        #expect(consent.questions.count == 1)
        #expect(failure?.kind == .policyDenied)
        #expect(bench.writes.isEmpty)
    }

    @Test func aRunUnderWayStopsAtItsNextChangeAndUndoesNothing() async throws {
        let bench = try Bench()
        let journal = bench.journal
        // The first change has gone out when the freeze comes; it is followed to its end.
        bench.transport.before("/nodes/pve1/qemu/103/status/start") { freeze(journal, from: 0) }
        let outcome = try await bench.run(
            """
            pve.on_failure(function() pve.vm_action(nil, 111, "start") end)
            pve.vm_action(nil, 103, "start")
            print("first done")
            pve.vm_action(nil, 111, "start")
            """)
        guard case .failed(let failed) = outcome else { throw Failure(.script, "it did not fail") }
        #expect(failed.failure.kind == .policyDenied)
        #expect(bench.output.text == "first done\n")
        #expect(bench.writes == ["POST /nodes/pve1/qemu/103/status/start"])
        guard case .failed(let undoing)? = failed.account?.compensations.first?.end else {
            throw Failure(.script, "the compensation was not refused")
        }
        #expect(undoing.kind == .policyDenied)
        #expect(try journal.steps(of: "run-1").map(\.state) == [.done])
    }
}
