// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

/// What a freeze stops, and until when.
struct FreezeTests {
    private let journal: SQLiteJournal

    init() throws {
        journal = try .inMemory()
        try Self.begin(journal)
    }

    private static func begin(_ journal: SQLiteJournal) throws {
        try journal.beginRun(
            RunRecord(id: "01A", cluster: "demo", script: "a.lua", scriptSHA256: "", caller: .human, started: 1))
    }

    private func freeze(_ began: Double, _ until: Double, _ reason: String = "why") throws -> FreezeRecord {
        try journal.freeze(FreezeRecord(began: began, until: until, reason: reason, account: "alice"))
    }

    private func intend(_ actions: Set<Action>, at time: Double) -> Failure? {
        do throws(Failure) {
            _ = try journal.recordIntent(
                run: "01A", StepIntent(actions: actions, method: "POST", path: "nodes/pve1/qemu/101/status/stop"),
                at: time)
            return nil
        } catch {
            return error
        }
    }

    @Test func noChangeIsWrittenDownWhileItStands() throws {
        _ = try freeze(100, 200, "new switch")
        let failure = try #require(intend(["guest.stop"], at: 150))
        #expect(failure.kind == .policyDenied)
        #expect(
            failure.message
                == "changes are frozen until 1970-01-01T00:03:20Z by alice: new switch; nothing was sent")
        #expect(failure.hint?.contains("pvelua freeze --lift") == true)
        #expect(try journal.steps(of: "01A").isEmpty)
        #expect(intend(["read.guest"], at: 150) == nil, "what only looks goes on")
    }

    @Test func itEndsByItselfAndNotSooner() throws {
        _ = try freeze(100, 200)
        #expect(intend(["guest.stop"], at: 199.999) != nil)
        #expect(intend(["guest.stop"], at: 200) == nil)
        #expect(try journal.standingFreeze(at: 200) == nil)
    }

    @Test func aClockThatWasPutBackOpensNothing() throws {
        _ = try freeze(100, 200)
        #expect(intend(["guest.stop"], at: 5) != nil)
    }

    @Test(arguments: [[200.0, 150, 180], [150, 200, 180], [150, 180, 200]])
    func ofSeveralTheOneThatEndsLastStands(ends: [Double]) throws {
        for (number, end) in ends.enumerated() {
            let most = ends[...number].max()
            #expect(try freeze(100, end, "\(end)").until == most)
        }
        #expect(try journal.standingFreeze(at: 190)?.reason == "200.0")
    }

    @Test func liftingEndsAllThatStand() throws {
        _ = try freeze(100, 200)
        _ = try freeze(110, 300)
        #expect(try journal.liftFreeze(at: 150))
        #expect(intend(["guest.stop"], at: 151) == nil)
        #expect(try !journal.liftFreeze(at: 152))
        #expect(try freeze(160, 170).until == 170, "what was lifted counts no more")
    }

    /// Two processes: what one has frozen the other's transaction sees, however early it opened the journal.
    @Test func anotherProcessOfTheSameJournalIsStopped() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let runner = try SQLiteJournal(path: path)
        try Self.begin(runner)
        let intent = StepIntent(actions: ["guest.stop"], method: "POST", path: "x")
        #expect(try runner.recordIntent(run: "01A", intent, at: 100) == 1)
        _ = try SQLiteJournal(path: path).freeze(FreezeRecord(began: 101, until: 200, reason: "r", account: "bob"))
        #expect(throws: Failure.self) { try runner.recordIntent(run: "01A", intent, at: 102) }
        try runner.recordSent(run: "01A", step: 1, at: 103)
        try runner.recordOutcome(run: "01A", step: 1, .done, outcome: [:], at: 104)
    }
}
