// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import Plan
import Signatures
import TestSupport
import Testing

@testable import Commands

/// A plan in a folder of its own, people with keys, and the file that lists them.
final class ApprovalBench: Sendable {
    let folder: TemporaryFolder
    let now = 1_795_000_100

    init(people: [String] = ["alice", "bob", "carol"]) async throws {
        folder = try TemporaryFolder()
        for person in people { try await makeKey(person) }
        try list(try people.map { "\($0)@example.com \(try publicKey($0))" })
    }

    deinit { folder.remove() }

    func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
    var plan: String { path("night.plan") }

    func makeKey(_ name: String) async throws {
        let made = try await run(
            URL(fileURLWithPath: "/usr/bin/ssh-keygen"),
            ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path(name)])
        #expect(made.status == 0, "\(made.errors)")
    }

    func publicKey(_ name: String) throws -> String {
        try String(contentsOfFile: path(name) + ".pub", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func list(_ lines: [String]) throws {
        _ = try folder.write("allowed_signers", lines.map { $0 + "\n" }.joined(), mode: 0o644)
    }

    /// A plan of one stopped guest.
    static func file(caller: Caller = .human, requester: String = "dora", approvals: Int = 1) -> PlanFile {
        var plan = Plan(
            id: "p1", created: 1_795_000_000, expires: 1_795_003_600, nonce: "00ff", caller: caller,
            requester: requester, cluster: .init(name: "demo", fingerprint: "aa"),
            script: .init(name: "night.lua", sha256: "bb"),
            policy: .init(sha256: "cc", demand: "approve", approvals: approvals), seed: "1")
        var operation = PlannedOperation(
            number: 1, operation: "vm_action", cluster: "demo", action: "guest.stop", actions: ["guest.stop"],
            method: "POST", path: "/nodes/pve1/qemu/101/status/stop", parameters: [:], effect: "approve")
        operation.targets = [PlannedTarget(vmid: 101, kind: "qemu", name: "web-1", node: "pve1")]
        plan.operations = [operation]
        return PlanFile(plan)
    }

    private var keygen: SSHKeygen {
        SSHKeygen(
            namespace: ApprovalStatement.namespace, environment: ["TMPDIR": folder.url.path, "HOME": folder.url.path])
    }

    func verifier(own: ApprovalTerms.Own = .agents, count: Int = 1, hasSigners: Bool = true) -> ApprovalVerifier {
        ApprovalVerifier(
            terms: ApprovalTerms(
                signers: hasSigners ? .init(path: path("allowed_signers"), isOfCeiling: false) : nil, count: count,
                own: own, lifetime: 7200),
            keygen: keygen)
    }

    func statement(
        _ verdict: ApprovalStatement.Verdict = .approve, of file: PlanFile, by person: String, signed: Int? = nil,
        lifetime: Int = 3600
    ) -> ApprovalStatement {
        let signed = signed ?? now
        return ApprovalStatement(
            verdict, of: file, by: person, nonce: String(repeating: "0a", count: 16), signed: signed,
            expires: verdict == .deny ? nil : signed + lifetime)
    }

    /// Signs with somebody's key.
    func sign(_ statement: ApprovalStatement, key: String, namespace: String? = nil) throws -> ApprovalFile {
        let armored = try SSHKeygen(
            namespace: namespace ?? ApprovalStatement.namespace,
            environment: ["TMPDIR": folder.url.path, "HOME": folder.url.path]
        ).sign(statement.bytes, key: .file(path(key)), terminal: nil)
        return ApprovalFile(statement, try #require(SSHSignature(armored: armored)))
    }

    func put(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: folder.url.appendingPathComponent(name))
    }

    /// Puts a verdict beside the plan, signed with the key of that name.
    func give(
        _ verdict: ApprovalStatement.Verdict = .approve, of file: PlanFile, by person: String, key: String? = nil,
        signed: Int? = nil, lifetime: Int = 3600, as name: String? = nil
    ) throws {
        let signed = try sign(
            statement(verdict, of: file, by: person + "@example.com", signed: signed, lifetime: lifetime),
            key: key ?? person)
        try put(signed.bytes, "night.plan.\(name ?? person).\(verdict == .approve ? "approval" : "denial")")
    }

    func standing(
        of file: PlanFile, _ verifier: ApprovalVerifier? = nil, verdicts: [PlanVerdict] = []
    ) async throws -> ApprovalStanding {
        let verifier = verifier ?? self.verifier()
        return try await BlockingWork.run { [plan, now] () -> Result<ApprovalStanding, Failure> in
            do throws(Failure) {
                return .success(try verifier.standing(of: file, at: plan, verdicts: verdicts, now: now))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
