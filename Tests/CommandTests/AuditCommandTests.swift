// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

@testable import Journal

/// `pvelua audit …` with the real binary, real keys and real copies.
struct AuditCommandTests {
    private let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private func path(_ name: String) -> String { runner.home.url.appendingPathComponent(name).path }
    private var journal: String { path("state/pvelua/journal.sqlite") }

    private func makeKey(_ name: String) async throws {
        _ = try await run(
            URL(fileURLWithPath: "/usr/bin/ssh-keygen"),
            ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path(name)])
        let key = try String(contentsOfFile: path(name) + ".pub", encoding: .utf8)
        _ = try runner.home.write("\(name).signers", "\(name)@ws1 \(key)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("\(name).signers"))
    }

    private func configure(_ audit: String) throws { try runner.write("config.yaml", "version: 1\naudit: \(audit)\n") }

    @discardableResult
    private func change() async throws -> ProcessResult {
        let result = try await runner.lua("pve.vm_action(nil, 103, 'start'); return 1")
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    private func verify(_ arguments: String...) async throws -> ProcessResult {
        try await runner.pvelua(["audit", "verify"] + arguments)
    }

    @Test func aSignedAndCopiedAuditIsIntactAndTamperingIsTold() async throws {
        try await makeKey("alice")
        try await makeKey("mallory")
        try configure("{ key: \(path("alice")), signers: \(path("alice.signers")), file: \(path("anchor.jsonl")) }")
        try await change()
        try await change()
        let good = try await verify("--against", path("anchor.jsonl"), "--format", "json")
        #expect(good.status == 0, "\(good.errors)")
        let report = try JSONValue(parsing: good.output)
        #expect(report["intact"] == true && report["verified_checkpoints"] == 2)
        #expect(report["copy"]?["not_copied"] == 0 && report["copy"]?["agreeing"] == report["rows"])
        let mode = try FileManager.default.attributesOfItem(atPath: path("anchor.jsonl"))[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let wrong = try await verify("--signers", path("mallory.signers"))
        #expect(wrong.status == 1 && wrong.output.contains("is signed with a key that is not among the signers"))

        // A checkpoint for the last row, with the signature of another one.
        let store = try SQLiteJournal(path: journal)
        let old = try #require(try store.checkAudit().checkpoints.first)
        let last = try #require(try store.lastAuditRow())
        try store.audit(
            AuditCheckpoint(sequence: last.sequence, hash: last.hash, signature: old.signature).event, at: 1)
        let forged = try await verify()
        #expect(forged.status == 1 && forged.output.contains("bears a signature that does not verify"))

        let connection = try SQLiteConnection(path: journal)
        try connection.execute("UPDATE audit SET body = replace(body, '103', '104') WHERE kind = 'decision'")
        let changed = try await verify("--format", "json")
        #expect(changed.status == 1 && changed.jsonError?["message"]?.string?.contains("row 2 is not as") == true)
    }

    @Test func anEndThatWasCutOffIsToldByTheCopy() async throws {
        try configure("{ file: \(path("anchor.jsonl")) }")
        try await change()
        let connection = try SQLiteConnection(path: journal)
        try connection.execute("PRAGMA foreign_keys=OFF")
        try connection.execute("DELETE FROM audit; DELETE FROM audit_head; DELETE FROM step; DELETE FROM run")
        #expect(try await verify().status == 0, "nothing is left that could tell")
        let result = try await verify("--against", path("anchor.jsonl"))
        #expect(result.status == 1 && result.output.contains("the end is missing"))
    }

    @Test func aKeyThatCannotSignIsAWarning() async throws {
        try configure("{ key: \(path("nowhere")) }")
        let result = try await change()
        #expect(result.errors.contains("the audit is not signed with \(path("nowhere"))"))
        #expect(try await verify().status == 0)
    }

    @Test func aCopyThatFailsIsToldOnceAndStopsNothing() async throws {
        try configure("{ file: \(path("no/such/folder/anchor.jsonl")) }")
        let result = try await change()
        #expect(result.errors.components(separatedBy: "the audit is not copied to").count == 2)
        #expect(try await verify().status == 0)
    }

    @Test func showsAndExportsWhatHappened() async throws {
        try await change()
        _ = try await runner.lua("pve.vm_action(nil, 101, 'stop')")
        let shown = try await runner.pvelua("audit", "show", "--guest", "101")
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("confirm-typed by hard: POST /nodes/pve1/qemu/101/status/stop"))
        #expect(!shown.output.contains("103"))
        let consents = try JSONValue(
            parsing: try await runner.pvelua("audit", "show", "--kind", "consent", "--format", "json").output)
        #expect(consents.array?.count == 1 && consents.array?.first?["body"]?["answer"] == "nobody")
        #expect(try await runner.pvelua("audit", "show", "--last", "2").output.split(separator: "\n").count == 2)

        let lines = try await runner.pvelua("audit", "export").output.split(separator: "\n")
        #expect(lines.count == (try SQLiteJournal(path: journal).checkAudit().rows))
        for line in lines {
            let json = try JSONValue(parsing: String(line))
            let row = try #require(AuditRow(reading: json))
            #expect(row.expectedHash(after: try #require(json["previous"]?.string)) == row.hash)
        }
    }

    @Test func withoutAJournalThereIsNothingToLookAt() async throws {
        let result = try await verify()
        #expect(result.status == 2 && result.errors.contains("there is no journal yet"))
        #expect(!FileManager.default.fileExists(atPath: journal))
    }
}
