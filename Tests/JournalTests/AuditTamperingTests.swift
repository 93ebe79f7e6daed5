// SPDX-License-Identifier: Apache-2.0
import Foundation
import Hashing
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

/// What a check of the audit finds when somebody has written to the journal's file.
struct AuditTamperingTests {
    private let connection: SQLiteConnection
    private let journal: SQLiteJournal
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        journal = try SQLiteJournal(path: path, account: "alice@ws1")
        try AuditSample.fill(journal)
        connection = try SQLiteConnection(path: path)
        // Speed, not safety: nothing is cut short here.
        try connection.execute("PRAGMA synchronous=OFF")
    }

    private func faults(against anchors: [Int: String]? = nil) throws -> [String] {
        try journal.checkAudit(against: anchors).faults.map(\.text)
    }

    private func rows() throws -> [AuditRow] { try journal.auditRows(after: 0, limit: 1000) }

    @Test func whatWasWrittenIsIntact() throws {
        defer { folder.remove() }
        let report = try journal.checkAudit()
        #expect(report.faults.isEmpty)
        #expect(report.rows == 50 && report.steps == 11)
        #expect(report.end.hash == (try rows().last?.hash))
    }

    /// Not a sample: each byte of each column of each row, and of the head, is another one for the length of one check.
    @Test func everyChangedByteIsFound() throws {
        defer { folder.remove() }
        var (tried, missed) = (0, [String]())
        for column in ["account", "kind", "run", "cluster", "body", "hash"] {
            for row in try connection.query("SELECT sequence, CAST(\(column) AS BLOB) FROM audit ORDER BY sequence") {
                guard let sequence = row.integer(0), let bytes = row.blob(1) else { continue }
                for index in bytes.indices {
                    var changed = bytes
                    // Another bit each time, the highest ones too: what is no UTF-8 any more must not be mended unseen.
                    changed[index] ^= 1 << UInt8((index + sequence) % 8)
                    try set(column, changed, sequence)
                    if try AuditSample.isIntact(around: sequence, connection) {
                        missed.append("\(column) \(sequence)/\(index)")
                    }
                    tried += 1
                }
                try set(column, bytes, sequence)
            }
        }
        #expect(try faults().isEmpty, "put back as it was")
        #expect(missed.isEmpty)
        #expect(tried > 7000)
    }

    private func set(_ column: String, _ bytes: [UInt8], _ sequence: Int) throws {
        try connection.query(
            "UPDATE audit SET \(column) = CAST(? AS TEXT) WHERE sequence = ?", [.blob(bytes), SQLiteValue(sequence)])
    }

    @Test(arguments: [
        "UPDATE audit SET at = at + 0.000001 WHERE sequence = 7", "UPDATE audit SET step = 5 WHERE sequence = 7",
        "UPDATE audit SET step = NULL WHERE sequence = 7", "UPDATE audit SET cluster = '' WHERE cluster IS NULL",
        "UPDATE audit SET run = NULL WHERE sequence = 3", "UPDATE audit SET sequence = 400 WHERE sequence = 50",
        "UPDATE audit SET sequence = -5 WHERE sequence = 1", "DELETE FROM audit WHERE sequence = 1",
        "DELETE FROM audit WHERE sequence = 25", "DELETE FROM audit WHERE sequence BETWEEN 20 AND 30",
        "DELETE FROM audit WHERE sequence = 50", "DELETE FROM audit WHERE sequence > 40", "DELETE FROM audit",
        "DELETE FROM audit_head", "UPDATE audit_head SET sequence = 49", "UPDATE audit_head SET sequence = 51",
        "UPDATE audit_head SET hash = replace(hash, substr(hash, 1, 1), 'g')",
        "DELETE FROM audit; DELETE FROM audit_head",
        """
        UPDATE audit SET sequence = -1 WHERE sequence = 10; UPDATE audit SET sequence = 10 WHERE sequence = 11;
        UPDATE audit SET sequence = 11 WHERE sequence = -1
        """,
        """
        INSERT INTO audit SELECT 51, at, kind, account, run, step, cluster, body, hash FROM audit WHERE sequence = 50
        """,
        "UPDATE step SET state = 'failed' WHERE sequence = 1", "UPDATE step SET upid = 'UPID:other' WHERE sequence = 1",
        "UPDATE step SET path = 'nodes/pve1/qemu/999/status/stop' WHERE sequence = 2",
        "UPDATE step SET parameters = '{}' WHERE sequence = 3", "UPDATE step SET outcome = '{}' WHERE sequence = 1",
        "UPDATE step SET outcome = NULL WHERE sequence = 1", "DELETE FROM step WHERE sequence = 11",
        "UPDATE step SET sequence = 99 WHERE sequence = 11",
        """
        INSERT INTO step (run, sequence, actions, method, path, parameters, state, intended)
        VALUES ('01A', 12, 'guest.stop', 'POST', 'x', '{}', 'done', 1)
        """,
        "UPDATE run SET script_sha256 = 'other'",
    ])
    func isFound(_ tampering: String) throws {
        defer { folder.remove() }
        try connection.execute("PRAGMA foreign_keys=OFF")
        try connection.execute(tampering)
        #expect(try faults().isEmpty == false)
    }

    @Test func theChainGoesOnBehindAMissingEndSoThatTheGapStays() throws {
        defer { folder.remove() }
        try connection.execute("DELETE FROM audit WHERE sequence > 45")
        try journal.audit(AuditEvent(.thaw), at: 99)
        #expect(try faults().first == "rows 46 to 50 are missing")
        #expect(try rows().last?.sequence == 51)
    }

    @Test func aChainThatWasComputedAnewIsFoundByACopyOnly() throws {
        defer { folder.remove() }
        let anchors = Dictionary(uniqueKeysWithValues: try rows().map { ($0.sequence, $0.hash) })
        #expect(try faults(against: anchors).isEmpty)
        try AuditSample.rewrite(connection, from: 30) { $0.account = "mallory@ws1" }
        #expect(try faults().isEmpty, "who can write the file can compute what it must hold")
        let found = try journal.checkAudit(against: anchors)
        #expect(found.faults.first?.sequence == 30 && found.faultCount == 21)
        #expect(found.anchored == 29)
    }

    @Test func anEndThatWasCutOffWithItsHeadIsFoundByACopy() throws {
        defer { folder.remove() }
        let anchors = Dictionary(uniqueKeysWithValues: try rows().map { ($0.sequence, $0.hash) })
        try connection.execute("DELETE FROM audit WHERE sequence > 49")
        try AuditSample.rewrite(connection, from: 49) { _ in }
        #expect(try faults().isEmpty)
        #expect(
            try faults(against: anchors)
                == ["the end is missing: the copy has 1 row behind row 49, the last one here"])
    }

    @Test func aCheckpointThatNamesAnotherChainIsFound() throws {
        defer { folder.remove() }
        let last = try #require(try rows().last)
        try journal.audit(
            AuditCheckpoint(sequence: 50, hash: last.hash, signature: "s").event, at: 60)
        #expect(try journal.checkAudit().checkpoints.map(\.sequence) == [50])
        try journal.audit(AuditCheckpoint(sequence: 50, hash: AuditRow.origin, signature: "s").event, at: 61)
        try journal.audit(AuditCheckpoint(sequence: 90, hash: last.hash, signature: "s").event, at: 62)
        #expect(
            try faults() == [
                "the checkpoint in row 52 does not fit the rows before it",
                "the checkpoint in row 53 does not fit the rows before it",
            ])
    }
}

/// Fifty rows of audit, and what is done to them.
enum AuditSample {
    static func fill(_ journal: SQLiteJournal) throws {
        try journal.beginRun(
            RunRecord(
                id: "01A", cluster: "demo", script: "a.lua", scriptSHA256: ContentHash.sha256([]), caller: .agent,
                started: 1_795_000_000.25))
        for step in 1...11 {
            let time = 1_795_000_000 + Double(step) / 7
            var batch = JournalBatch()
            var decision = AuditEvent(
                .decision, body: ["effect": "confirm", "guests": [["vmid": 101, "name": "wéb-1 \u{fffd}"]]])
            decision.isOfNextStep = true
            batch.events = [decision]
            let parameters: JSONValue =
                step == 3
                ? ["description": .string(String(repeating: "long ", count: 100)), "password": "x"]
                : step == 4
                    ? .object(JSONObject((0..<400).map { ("net\($0)", .number(Double($0) / 3)) })) : ["skiplock": 1]
            _ = try journal.recordIntent(
                run: "01A",
                StepIntent(
                    actions: ["guest.stop"], method: "POST", path: "nodes/pve1/qemu/\(100 + step)/status/stop",
                    parameters: parameters, vmid: 100 + step, node: "pve1", cluster: "demo"), at: time, carrying: batch)
            guard step < 10 else { continue }
            try journal.recordSent(run: "01A", step: step, at: time)
            guard step < 10 else { continue }
            try journal.recordAccepted(run: "01A", step: step, upid: "UPID:pve1:\(step)", at: time)
            if step < 9 {
                try journal.recordOutcome(
                    run: "01A", step: step, .done,
                    outcome: ["n": .number(1.5), "log": .string(String(repeating: "x", count: step * 400))], at: time)
            }
        }
        while try journal.auditRows(after: 0, limit: 100).count < 50 {
            try journal.audit(AuditEvent(.login, cluster: "demo", body: ["identity": "a@pam"]), at: 1_795_000_100)
        }
    }

    /// Whether a row and the one behind it fit the row before, read as the check reads.
    static func isIntact(around sequence: Int, _ connection: SQLiteConnection) throws -> Bool {
        let rows = try connection.storedAuditRows(after: sequence - 2, limit: 3).map { AuditRow(checking: $0) }
        var chain = AuditChain()
        for (index, row) in rows.enumerated() {
            guard let row else { return false }
            // The row before is where the chain is picked up; before the first there is the origin.
            if sequence > 1, index == 0 {
                chain = AuditChain(after: row.sequence, hash: row.hash)
            } else {
                chain.take(row)
            }
        }
        // The last row's hash stands in the head as well.
        let head = try connection.query("SELECT hash FROM audit_head").first?.text(0)
        if chain.sequence == 50, chain.hash != head { return false }
        return chain.faults.isEmpty
    }

    /// Writes rows anew with all hashes computed as they must be, as somebody would who knows how.
    static func rewrite(_ connection: SQLiteConnection, from first: Int, _ change: (inout AuditRow) -> Void) throws {
        let rows = try connection.query(
            "SELECT sequence, at, account, kind, run, step, cluster, body, hash FROM audit ORDER BY sequence"
        ).compactMap { AuditRow($0) }
        var previous = rows.last { $0.sequence < first }?.hash ?? AuditRow.origin
        for var row in rows where row.sequence >= first {
            change(&row)
            row.hash = row.expectedHash(after: previous)
            previous = row.hash
            try connection.query(
                "UPDATE audit SET account = ?, hash = ? WHERE sequence = ?",
                [.text(row.account), .text(row.hash), SQLiteValue(row.sequence)])
            try connection.query(
                "UPDATE audit_head SET sequence = ?, hash = ?", [SQLiteValue(row.sequence), .text(row.hash)])
        }
    }
}
