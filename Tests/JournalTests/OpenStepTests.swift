// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

/// One undecided change a guest, whoever asks.
struct OpenStepTests {
    private static func run(_ id: String) -> RunRecord {
        RunRecord(id: id, cluster: "lab", script: "a.lua", scriptSHA256: "aa", caller: .human, started: 1)
    }

    private static func intent(
        _ guests: [Int], _ action: Action = "guest.stop", on cluster: String = "lab"
    ) -> StepIntent {
        StepIntent(
            actions: [action], method: "POST", path: "/nodes/pve1/qemu/\(guests[0])/status/stop", vmid: guests[0],
            guests: guests, cluster: cluster)
    }

    private func bring(_ journal: SQLiteJournal, _ run: String, _ step: Int, to state: StepState) throws {
        if state == .intent { return }
        if state != .notHappened { try journal.recordSent(run: run, step: step, at: 2) }
        if state == .sent { return }
        if state != .notHappened, state != .inDoubt {
            try journal.recordAccepted(run: run, step: step, upid: "UPID:pve1:1", at: 3)
        }
        if state == .accepted { return }
        try journal.recordOutcome(run: run, step: step, state, outcome: .null, at: 4)
    }

    @Test(arguments: StepState.allCases, [true, false])
    func aSecondChangeOfAGuestWaitsForTheFirst(state: StepState, isSameRun: Bool) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let (first, second) = (try SQLiteJournal(path: path), try SQLiteJournal(path: path))
        try first.beginRun(Self.run("r1"))
        try second.beginRun(Self.run("r2"))
        let step = try first.recordIntent(run: "r1", Self.intent([101, 102]), at: 1)
        try bring(first, "r1", step, to: state)
        func again() throws(Failure) -> Int {
            try isSameRun
                ? first.recordIntent(run: "r1", Self.intent([102]), at: 5)
                : second.recordIntent(run: "r2", Self.intent([102]), at: 5)
        }
        if state.isSettled {
            #expect(try again() == (isSameRun ? 2 : 1))
        } else {
            let failure = #expect(throws: Failure.self) { try again() }
            #expect(failure?.kind == .locked)
            #expect(failure?.message.contains("guest 102 ") == true)
            #expect(failure?.message.contains("step 1 of run r1 (guest.stop) is \(state.rawValue) since 1970-") == true)
            #expect(
                failure?.hint?.contains(state == .inDoubt ? "pvelua runs resolve r1 1" : "runs show --follow r1")
                    == true)
            #expect(try second.steps(of: "r2").isEmpty)
            // Once nobody is at the run, what to do is another thing.
            try first.releaseRun("r1")
            let later = #expect(throws: Failure.self) { try second.recordIntent(run: "r2", Self.intent([102]), at: 5) }
            #expect(later?.hint?.contains(state == .inDoubt ? "runs resolve" : "pvelua runs resume r1") == true)
        }
        // Other guests, and the same number elsewhere, are free.
        _ = try second.recordIntent(run: "r2", Self.intent([103]), at: 6)
        _ = try second.recordIntent(run: "r2", Self.intent([101], on: "other"), at: 6)
        // And a change that is under way can be ended.
        _ = try second.recordIntent(run: "r2", Self.intent([101], "task.stop"), at: 6)
    }

    @Test func twoCopiesOfOneGuestMayBeMadeSideBySide() throws {
        let journal = try SQLiteJournal.inMemory()
        try journal.beginRun(Self.run("r1"))
        _ = try journal.recordIntent(run: "r1", Self.intent([9000, 201], "guest.clone"), at: 1)
        _ = try journal.recordIntent(run: "r1", Self.intent([9000, 202], "guest.clone"), at: 1)
        for other in [Self.intent([9000]), Self.intent([201]), Self.intent([9000, 202], "guest.clone")] {
            #expect(throws: Failure.self) { try journal.recordIntent(run: "r1", other, at: 2) }
        }
    }

    @Test func manyOldStepsAreNotLookedAt() throws {
        let journal = try SQLiteJournal.inMemory()
        try journal.beginRun(Self.run("r1"))
        _ = try journal.write(.config, "test") { connection throws(SQLiteError) in
            try connection.execute(
                """
                INSERT INTO step (run, sequence, cluster, actions, method, path, parameters, vmid, guests, state, intended)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                SELECT 'r1', i, 'lab', 'guest.stop', 'POST', '/p', '{}', 101, '101', 'done', 1 FROM n
                """)
        }
        let plan = try journal.read { connection throws(SQLiteError) in
            try connection.query("EXPLAIN QUERY PLAN " + SQLiteJournal.openQuery, [.text("lab"), .text("[101]")])
        }.compactMap { $0.text(3) }
        #expect(plan.first == "SEARCH step USING INDEX step_open (cluster=?)")
        #expect(try journal.openSteps(besides: Self.intent([101])).isEmpty)
    }

    @Test func aRehearsalWaitsForNobodyElse() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run("r1"))
        _ = try journal.recordIntent(run: "r1", Self.intent([101]), at: 5)
        let copy = try SQLiteJournal.rehearsal(of: path, at: 6)
        try copy.beginRun(Self.run("r2"))
        _ = try copy.recordIntent(run: "r2", Self.intent([101]), at: 7)
        #expect(throws: Failure.self) { try copy.recordIntent(run: "r2", Self.intent([101]), at: 8) }
    }
}
