// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Policy
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

/// Snapshots of one guest and of several, from listing to pruning.
struct SnapshotTests {
    /// Whoever may do everything without being asked.
    static func free() throws -> PolicySet {
        try .load(yaml: "version: 1\nrules: [{ id: all, actions: ['*'], effect: allow }]", file: "p")
    }

    // MARK: - Looking

    @Test func theListIsATree() async throws {
        let bench = try Bench()
        let code = """
            for _, s in ipairs(pve.vm(100):snapshots()) do
              print(s.name, s.depth, s.parent, s.current, s.vmstate, table.concat(s.children, ' '), s.time)
            end
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                before-upgrade\t0\tnil\tfalse\tfalse\tafter-upgrade\t1790993700
                after-upgrade\t1\tbefore-upgrade\ttrue\tfalse\t\t1790998800

                """)
    }

    @Test func theTreeShowsBranchesAndWhereTheGuestIs() async throws {
        let bench = try Bench(policy: Self.free())
        let code = """
            pve.vm(100):rollback('before-upgrade')
            pve.snapshot(nil, 100, { name = 'other-way', description = 'second line\\nnot shown' })
            print(pve.snapshot_tree(100))
            """
        #expect(try await bench.failure(of: code) == nil)
        let lines = bench.output.text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("└─ before-upgrade "))
        #expect(lines[1].hasPrefix("   └─ after-upgrade "))
        #expect(lines[2].hasPrefix("   └─ other-way ") && lines[2].hasSuffix("second line"))
        #expect(lines[3].hasPrefix("      └─ (now) "))
    }

    /// A list from a hostile or broken server must not hang anybody.
    @Test func ringsAndStraysAreShownAllTheSame() throws {
        let rows: [[String: String]] = [
            ["name": "a", "parent": "b"], ["name": "b", "parent": "a"], ["name": "c", "parent": "gone"],
            ["name": "current", "parent": "nowhere"],
        ]
        let tree = SnapshotTree(
            rows: rows.map { row in .object(.init(row.map { ($0.key, .string($0.value)) })) })
        #expect(Set(tree.snapshots.map(\.name)) == ["a", "b", "c"])
        #expect(tree.present == nil)
        #expect(tree.text.split(separator: "\n").count == 4)
    }

    // MARK: - Rolling back

    @Test func aRollbackSaysWhatIsLost() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        #expect(try await bench.failure(of: "print(pve.vm(100):rollback('before-upgrade').status)") == nil)
        #expect(bench.output.text == "stopped\n")
        let question = try #require(bench.consent.questions.first)
        #expect(question.action == "snapshot.rollback")
        let text = question.consequences.joined(separator: "\n")
        #expect(text.contains("stopped at once") && text.contains("it stays stopped"))
        #expect(text.contains("everything since 2026-10-03 02:15:00 UTC is lost"))
        #expect(text.contains("newer snapshots (after-upgrade) stay"))
    }

    @Test func withStartTheGuestRunsAfterwards() async throws {
        let bench = try Bench(policy: Self.free())
        let code = "print(pve.snapshot_rollback('pve1', 101, 'clean', { start = true }).status, pve.vm(101).status)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "running\trunning\n")
    }

    @Test func onZFSOnlyTheNewestIsAWayBack() async throws {
        let bench = try Bench(policy: Self.free())
        bench.cluster.update { state in
            for index in state.storages.indices where state.storages[index].name == "shared" {
                state.storages[index].plugin = "zfspool"
            }
        }
        let failure = try #require(try await bench.failure(of: "pve.vm(100):rollback('before-upgrade')"))
        #expect(failure.kind == .conflict)
        #expect(failure.message.contains("after-upgrade"))
        #expect(bench.writes.isEmpty)
        #expect(try await bench.failure(of: "pve.vm(100):rollback('after-upgrade')") == nil)
    }

    @Test(arguments: [
        ("pve.snapshot_rollback(nil, 101, 'clea')", ErrorKind.notFound),
        ("pve.snapshot_delete(nil, 101, 'x9')", .notFound),
        ("pve.snapshot_rollback(nil, 103, 'any')", .notFound), ("pve.snapshot_delete(nil, 101, 'current')", .parameter),
        ("pve.snapshot_rollback(nil, 101, 'PENDING')", .parameter), ("pve.snapshot_delete(nil, 101, 'a')", .parameter),
        ("pve.snapshot_rollback(nil, 101, '9a')", .parameter), ("pve.snapshot_delete(nil, 101, 'a b')", .parameter),
        ("pve.snapshot_delete(nil, 110, 'vzdump')", .parameter),
        ("pve.snapshot_delete(nil, 101, '\(String(repeating: "a", count: 41))')", .parameter),
        ("pve.snapshot_all({101}, { name = 'current' })", .parameter),
        ("pve.snapshot_prune{ keep = { last = 1 }, prefix = '' }", .parameter),
        ("pve.snapshot_prune{ keep = {}, prefix = 'a' }", .parameter),
        ("pve.snapshot_prune{ prefix = 'a' }", .parameter), ("pve.snapshot_prune{ keep = { last = 1 } }", .parameter),
        ("pve.snapshot_prune(101, { keep = { last = 1 }, prefix = 'a', guest = 102 })", .parameter),
    ])
    func whatIsWrongIsRefusedBeforeAnythingIsSent(code: String, kind: ErrorKind) async throws {
        let bench = try Bench(policy: Self.free())
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == kind, "\(failure)")
        #expect(bench.writes.isEmpty)
    }

    // MARK: - Several guests

    @Test func severalGuestsGetOneEachAndFailuresAreToldAtTheEnd() async throws {
        let bench = try Bench()
        bench.cluster.update { $0.guests[101]?.lock = "backup" }
        let failure = try #require(
            try await bench.failure(of: "pve.snapshot_all({ tag = 'web' }, { name = 'before' })"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("1 of 2 guests have no snapshot: 101"))
        #expect(failure.message.contains("taken: 102 (before)"))
        let stopped = try #require(
            try await bench.failure(of: "pve.snapshot_all({ tag = 'web' }, { name = 'again', stop_on_error = true })"))
        #expect(stopped.kind == .locked, "all that was tried failed in one way: \(stopped)")
        #expect(bench.writes.filter { $0.contains("/102/") }.count == 1)
    }

    @Test func selectorsByPoolNameAndList() async throws {
        let bench = try Bench()
        let code = """
            local function show(what, number)
              local t = {}
              for _, r in ipairs(pve.snapshot_all(what, { change_number = number })) do t[#t + 1] = r.vmid .. ' ' .. r.snapshot end
              print(table.concat(t, ', '))
            end
            show({ pool = 'db' }, 1) show({ name = 'web-*' }, 2) show({ 103, pve.vm(101) }, 3) show({}, 4)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                100 aiagent-snap-0001
                101 aiagent-snap-0002, 102 aiagent-snap-0002
                103 aiagent-snap-0003, 101 aiagent-snap-0003


                """)
    }

    // MARK: - Pruning

    private static let fourSnapshots = """
        pve.snapshot(nil, 101, { name = 'precious' })
        for i = 1, 4 do pve.snapshot(nil, 101, { name = 'auto-' .. i }) pve.sleep(60) end

        """

    @Test func aPreviewDeletesNothingAndSaysWhy() async throws {
        let bench = try Bench()
        let code =
            Self.fourSnapshots + """
                for _, r in ipairs(pve.vm(101):snapshot_prune{ keep = { last = 2 }, prefix = 'auto-', preview = true }) do
                  print(r.name, r.action, r.reason)
                end
                """
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                auto-4\tkeep\tlast 1 of 2
                auto-3\tkeep\tlast 2 of 2
                auto-2\tdelete\tkept by no rule
                auto-1\tdelete\tkept by no rule

                """)
        #expect(!bench.writes.contains { $0.hasPrefix("DELETE") })
    }

    @Test func pruningLeavesWhatLacksThePrefix() async throws {
        let bench = try Bench(policy: Self.free())
        let code =
            Self.fourSnapshots + """
                pve.snapshot_prune{ keep = { last = 1 }, prefix = 'auto-', guests = { tag = 'web' } }
                for _, s in ipairs(pve.snapshots(101)) do print(s.name) end
                """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "clean\nprecious\nauto-4\n")
        let deletions = bench.writes.filter { $0.hasPrefix("DELETE") }.map {
            String($0.split(separator: "/").last ?? "")
        }
        #expect(deletions == ["auto-1", "auto-2", "auto-3"], "oldest first")
    }

    @Test func whatPolicyRefusesKeepsItsKind() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes, .no(reason: "enough"), .yes]))
        let code = Self.fourSnapshots + "pve.snapshot_prune(101, { keep = { last = 1 }, prefix = 'auto-' })"
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("1 of 3 snapshots could not be deleted: auto-2 of 101"), "\(failure.message)")
        let refused = try Bench()
        #expect(try await refused.failure(of: code)?.kind == .confirmationRequired)
    }
}
