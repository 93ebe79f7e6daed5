// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// How rows of the audit come to be.
struct AuditWritingTests {
    private let folder: TemporaryFolder
    private var path: String { folder.url.appendingPathComponent("journal.sqlite").path }

    init() throws { folder = try TemporaryFolder() }

    private func begin(_ journal: SQLiteJournal, _ id: String = "01A") throws {
        try journal.beginRun(
            RunRecord(id: id, cluster: "demo", script: "a.lua", scriptSHA256: "", caller: .human, started: 1))
    }

    private func intent(_ parameters: JSONValue = ["a": 1]) -> StepIntent {
        StepIntent(
            actions: ["guest.stop"], method: "POST", path: "nodes/pve1/x", parameters: parameters, cluster: "demo")
    }

    private final class Copies: AuditCopy {
        let rows = Mutex<[AuditRow]>([])
        func copy(_ rows: [AuditRow]) { self.rows.withLock { $0 += rows } }
        var kinds: [String] { rows.withLock { $0.map(\.kind) } }
    }

    @Test func fourWritersMakeOneChainWithoutGaps() async throws {
        defer { folder.remove() }
        let path = path
        _ = try SQLiteJournal(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let journal = try SQLiteJournal(path: path, account: "writer \(writer)")
                    for number in 0..<40 {
                        try journal.audit(AuditEvent(.freeze, body: ["n": JSONValue(number)]), at: Double(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        let report = try SQLiteJournal(path: path).checkAudit()
        #expect(report.faults.isEmpty && report.rows == 160 && report.end.sequence == 160)
    }

    @Test func aStepThatIsNotWrittenLeavesNoRow() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin(journal)
        let step = try journal.recordIntent(run: "01A", intent(), at: 2)
        try journal.recordOutcome(run: "01A", step: step, .done, outcome: nil, at: 3)
        let before = try journal.lastAuditRow()
        #expect(throws: Failure.self) {
            try journal.recordOutcome(run: "01A", step: step, .failed, outcome: nil, at: 4)
        }
        #expect(throws: Failure.self) { try journal.recordAccepted(run: "01A", step: 9, upid: nil, at: 4) }
        #expect(try journal.lastAuditRow() == before)
        #expect(try journal.checkAudit().faults.isEmpty)
    }

    @Test func whatIsCutShortInTheMiddleIsIntactUpToThere() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin(journal)
        // The files as a machine that goes down would leave them, after each row.
        for number in 1...12 {
            _ = try journal.recordIntent(run: "01A", intent(), at: Double(number))
            let copy = folder.url.appendingPathComponent("copy-\(number).sqlite").path
            for suffix in ["", "-wal"] {
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path + suffix))
                if suffix == "-wal" { bytes.removeLast(min(bytes.count, number * 100)) }
                try bytes.write(to: URL(fileURLWithPath: copy + suffix))
            }
            let report = try SQLiteJournal(path: copy).checkAudit()
            #expect(report.faults.isEmpty, "\(number)")
            #expect(report.rows <= number + 1)
        }
    }

    @Test func aCopyGetsNothingThatTheJournalCouldStillLose() throws {
        defer { folder.remove() }
        let copies = Copies()
        let journal = try SQLiteJournal(path: path, copies: copies)
        try begin(journal)
        let step = try journal.recordIntent(run: "01A", intent(), at: 2)
        try journal.recordSent(run: "01A", step: step, at: 3)
        try journal.recordAccepted(run: "01A", step: step, upid: "UPID:x", at: 3)
        #expect(copies.kinds == ["run.began", "intent"])
        #expect(throws: Failure.self) { try journal.recordAccepted(run: "01A", step: 7, upid: nil, at: 3) }
        try journal.recordOutcome(run: "01A", step: step, .done, outcome: nil, at: 4)
        #expect(copies.kinds == ["run.began", "intent", "sent", "accepted", "outcome"])
        #expect(copies.rows.withLock { $0 } == (try journal.auditRows(after: 0, limit: 10)))
    }

    @Test func secretsAndLongTextsAreNotInIt() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        try begin(journal)
        let long = String(repeating: "0123456789", count: 100)
        let step = try journal.recordIntent(
            run: "01A", intent(["cipassword": "hunter2", "description": .string(long)]), at: 2)
        try journal.recordOutcome(run: "01A", step: step, .failed, outcome: ["log": .string(long)], at: 3)
        let bodies = try journal.auditRows(after: 0, limit: 10).map(\.body).joined()
        #expect(!bodies.contains("hunter2") && !bodies.contains("0123456789012"))
        #expect(bodies.contains(#""size":1000"#))
        #expect(try journal.checkAudit().faults.isEmpty)
    }

    @Test func timesThatAreNoneAreKeptAsTheyAreHashed() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        for time in [-0.0, .nan, .infinity, -.infinity, 0, Double.leastNonzeroMagnitude, 1e300, -1, 0.1 + 0.2] {
            try journal.audit(AuditEvent(.thaw), at: time)
        }
        #expect(try journal.checkAudit().faults.isEmpty)
    }

    @Test func whatIsMissingIsNotWhatIsEmpty() {
        var row = AuditRow(
            sequence: 1, time: 1, account: "", kind: "", run: nil, step: nil, cluster: "", body: "", hash: "")
        let before = row.expectedHash(after: AuditRow.origin)
        (row.run, row.cluster) = ("", nil)
        #expect(row.expectedHash(after: AuditRow.origin) != before)
        (row.run, row.cluster, row.account) = (nil, "", "0:")
        #expect(row.expectedHash(after: AuditRow.origin) != before)
    }

    /// The chain of the first row, computed by another program from what the page says.
    @Test func theHashIsTheOneThatTheDocumentationDescribes() {
        let row = AuditRow(
            sequence: 1, time: 1.5, account: "alice", kind: "thaw", run: nil, step: 2, cluster: "", body: "{}", hash: ""
        )
        // python3: f = lambda x: b'-:' if x is None else b'%d:%s' % (len(x), x), joined and hashed.
        #expect(
            row.expectedHash(after: AuditRow.origin)
                == "285cce76f983d7e15cdaeae88edf0757454a62a1f3a6c33fc0bf2c1cd3b42184")
    }

    @Test func anOlderJournalBeginsItsChainWithACount() throws {
        defer { folder.remove() }
        let old = try SQLiteConnection(path: path)
        for migration in JournalSchema.migrations.prefix(4) { try old.execute(migration) }
        try old.execute(
            """
            PRAGMA user_version = 4;
            INSERT INTO run (id, cluster, script, script_sha256, caller, started) VALUES ('00A', 'demo', 'a', '', 'human', 1);
            INSERT INTO step (run, sequence, actions, method, path, parameters, state, intended)
            VALUES ('00A', 1, 'guest.stop', 'POST', 'x', '{}', 'done', 1), ('00A', 2, 'guest.stop', 'POST', 'x', '{}', 'sent', 2);
            """)
        let journal = try SQLiteJournal(path: path, account: "alice@ws1")
        let first = try #require(try journal.lastAuditRow())
        #expect(first.sequence == 1 && first.kind == "chain.began" && first.body == #"{"runs":1,"steps":2}"#)
        #expect(first.account == "alice@ws1")
        #expect(try journal.checkAudit().faults.isEmpty)
        try begin(journal)
        _ = try journal.recordIntent(run: "01A", intent(), at: 2e9)
        #expect(try journal.checkAudit().faults.isEmpty)
        try old.execute("DELETE FROM step WHERE run = '00A' AND sequence = 2")
        #expect(
            try journal.checkAudit().faults.map(\.text)
                == ["the journal had 2 steps when its audit began, and 1 of these are left"])
    }

    @Test func plansFreezesAndVerdictsLeaveRows() throws {
        defer { folder.remove() }
        let journal = try SQLiteJournal(path: path)
        _ = try journal.claimPlan("aa", for: "01A", at: 1)
        #expect(try journal.claimPlan("aa", for: "01B", at: 2) == "01A")
        for isDenial in [false, true] {
            try journal.recordVerdict(
                PlanVerdict(digest: "bb", person: "bob", isDenial: isDenial, given: 3, expires: 4, reason: "r"))
        }
        _ = try journal.freeze(FreezeRecord(began: 5, until: 9, reason: "switch", account: "carol"))
        #expect(try journal.liftFreeze(at: 6))
        #expect(try journal.liftFreeze(at: 7) == false)
        #expect(
            try journal.auditRows(after: 0, limit: 10).map(\.kind)
                == ["plan.claimed", "plan.approved", "plan.denied", "freeze", "thaw"])
    }
}
