// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Policy
import Proxmox
import Runbook
import Testing

/// Plans in which one operation is about what an earlier one makes.
struct PlannedResultTests {
    private static let allowing = "version: 1\nrules: [{ id: all, actions: [\"*\"], effect: allow }]\n"

    private func bench() throws -> PlanBench {
        try PlanBench(policy: try PolicySet.load(yaml: Self.allowing, file: "test"))
    }

    private static let uses: [(name: String, code: String, last: String)] = [
        ("protected", "pve.backup_protect(b.volid)", "PUT"),
        ("removed", "pve.backup_delete(b.volid)", "DELETE"),
        ("noted", "pve.backup_notes(b.volid, 'mine')", "PUT"),
        ("passed whole", "pve.backup_protect(b)", "PUT"),
        ("restored", "pve.restore(b.volid, { storage = 'shared' })", "POST"),
    ]

    @Test(arguments: uses.map(\.code))
    func whatABackupGaveIsWhatIsUsed(code: String) async throws {
        let bench = try bench()
        let script = "local b = pve.backup(nil, 101, { storage = 'shared' })\n" + code
        let plan = try await bench.plan(script)
        #expect(plan.failure == nil && plan.partial == nil, "\(plan.failure ?? "") \(plan.partial as Any)")
        #expect(plan.operations.count == 2)
        let text = String(decoding: PlanFile(plan).bytes, as: UTF8.self)
        #expect(text.contains("{1.volid}") || text.contains("\"@result\":{\"field\":\"volid\",\"operation\":1}"))
        #expect(bench.bench.writes.isEmpty)
        // The real backup gets another name than that of the twin.
        try await bench.client.clock.sleep(for: .seconds(77))
        let applied = try await bench.apply(plan, script)
        #expect(applied.failure == nil && applied.missing.isEmpty, "\(applied.failure as Any)")
        #expect(bench.bench.writes.count == 2)
    }

    /// There is an older backup of the guest; whoever gets the script to use that one is not let through.
    @Test(arguments: uses.map(\.code))
    func anythingElseThanWhatItGaveIsRefused(code: String) async throws {
        let bench = try bench()
        let script = "local b = pve.backup(nil, 101, { storage = 'shared' })\n"
        let plan = try await bench.plan(script + code)
        try await bench.client.clock.sleep(for: .seconds(77))
        let older = "b = { volid = pve.backups{ guest = 101 }[1].volid }\nif b.volid then end\n"
        let applied = try await bench.apply(plan, script + older.replacing("[1]", with: "[2]") + code)
        let other = try await bench.apply(plan, script + older + code)
        let kinds = [applied.divergence?.kind, other.divergence?.kind]
        #expect(kinds.contains(.planDiverged), "\(applied.failure as Any) \(other.failure as Any)")
    }
}
