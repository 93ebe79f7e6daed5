// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Policy
import Testing

@testable import Runbook

/// What a run leaves in the audit.
struct AuditedRunTests {
    private func rows(_ bench: Bench) throws -> [AuditRow] { try bench.journal.auditRows(after: 0, limit: 1000) }

    private func kinds(_ bench: Bench) throws -> [String] { try rows(bench).map(\.kind) }

    private func body(_ bench: Bench, _ kind: AuditEvent.Kind) throws -> JSONValue {
        try JSONValue(parsing: try #require(try rows(bench).last { $0.kind == kind.rawValue }).body)
    }

    private static func policy(_ rules: String) throws -> PolicySet {
        try .load(yaml: "version: 1\nrules:\n\(rules)", file: "test")
    }

    @Test func aRunThatOnlyLooksWritesNothing() async throws {
        let bench = try Bench()
        _ = try await bench.run("#pve.list_vms()")
        #expect(try rows(bench).isEmpty)
    }

    @Test func aChangeIsToldFromItsDecisionToItsOutcome() async throws {
        let bench = try Bench()
        _ = try await bench.run("pve.vm_action(nil, 103, 'start')")
        #expect(
            try kinds(bench) == [
                "run.began", "decision", "login", "intent", "sent", "accepted", "outcome", "run.ended",
            ])
        let decision = try body(bench, .decision)
        #expect(decision["effect"] == "allow" && decision["rule"] == "start")
        #expect(decision["guests"]?.array?.first?["vmid"] == 103)
        #expect(try body(bench, .login)["identity"] == "root@pam!demo")
        let ofStep = try rows(bench).filter { ["decision", "intent", "outcome"].contains($0.kind) }
        #expect(ofStep.allSatisfy { $0.step == 1 && $0.run == "run-1" && $0.cluster ?? "demo" == "demo" })
        #expect(try bench.journal.checkAudit().faults.isEmpty)
    }

    @Test func theIdentityIsToldOnceARun() async throws {
        let bench = try Bench()
        _ = try await bench.run("pve.vm_action(nil, 103, 'start'); pve.snapshot(nil, 100, {})")
        #expect(try kinds(bench).filter { $0 == "login" }.count == 1)
    }

    @Test func aTypedYesAndAYesByOptionAreToldApart() async throws {
        let typed = try Bench(consent: ScriptedConsent([.yes]))
        _ = try await typed.run("pve.vm_action(nil, 101, 'stop')")
        #expect(try body(typed, .consent)["by"] == "terminal" && body(typed, .consent)["demanded"] == "confirm-typed")
        let option = try Bench { $0.assumesYes = true }
        _ = try await option.run("pve.vm_action(nil, 101, 'shutdown')")
        #expect(try body(option, .consent)["by"] == "--yes" && body(option, .consent)["answer"] == "yes")
    }

    @Test(arguments: [
        ("pve.vm_action(nil, 101, 'stop')", [ConsentAnswer.no(reason: "no")], ["decision", "consent"]),
        ("pve.vm_action(nil, 101, 'stop')", [.nobody], ["decision", "consent"]),
        ("pve.api.delete('/nodes/pve1/qemu/103')", [], ["decision"]),
    ])
    func aRefusedChangeLeavesARowThoughTheRunRecordsNothing(
        _ code: String, _ answers: [ConsentAnswer], _ expected: [String]
    ) async throws {
        let bench = try Bench(consent: ScriptedConsent(answers))
        #expect(try await bench.failure(of: code) != nil)
        #expect(try kinds(bench) == expected)
        #expect(try rows(bench).allSatisfy { $0.run == "run-1" && $0.step == nil })
        #expect(try bench.journal.runs(limit: 1).isEmpty)
        #expect(bench.writes.isEmpty)
    }

    @Test func aRefusedReadLeavesARow() async throws {
        let bench = try Bench(policy: try Self.policy("  - { id: none, actions: [\"*\"], effect: deny }\n"))
        #expect(try await bench.failure(of: "pve.list_vms()")?.kind == .policyDenied)
        #expect(try kinds(bench) == ["decision"])
        #expect(try body(bench, .decision)["effect"] == "deny")
    }

    @Test func aLimitAndAFreezeLeaveARowBesidesTheDecision() async throws {
        let bench = try Bench(
            policy: try Self.policy(
                "  - { id: all, actions: [\"*\"], effect: allow }\nlimits:\n  run: { changes: 1 }\n"))
        let code = "pve.vm_action(nil, 103, 'start'); pve.vm_action(nil, 103, 'stop')"
        #expect(try await bench.failure(of: code)?.kind == .limit)
        #expect(try kinds(bench).suffix(3) == ["decision", "refused", "run.ended"])
        #expect(try body(bench, .refused)["kind"] == "limit")
        _ = try bench.journal.freeze(
            FreezeRecord(began: bench.environment.now(), until: 1e12, reason: "switch", account: "alice"))
        #expect(try await bench.failure(of: "pve.vm_action(nil, 103, 'stop')")?.kind == .policyDenied)
        #expect(try kinds(bench).last == "refused")
        #expect(try bench.journal.checkAudit().faults.isEmpty)
    }

    @Test func aRefusalStandsWhereTheJournalCannotBeOpened() async throws {
        var bench = try Bench(policy: try Self.policy("  - { id: none, actions: [\"*\"], effect: deny }\n"))
        bench.environment.openJournal = { () throws(Failure) in throw Failure(.config, "the disk is full") }
        #expect(try await bench.failure(of: "pve.list_vms()")?.kind == .policyDenied)
    }
}
