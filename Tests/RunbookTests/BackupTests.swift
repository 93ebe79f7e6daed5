// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Policy
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

/// Backups: an OK that did nothing is none, and what a storage does not hold is not there.
struct BackupTests {
    private static func free() throws -> PolicySet { try SnapshotTests.free() }

    // MARK: - Making one

    @Test func aBackupIsDoneWhenItIsListed() async throws {
        let bench = try Bench()
        let code = """
            local b = pve.vm(101):backup{ storage = 'shared', notes = 'line 1\\nback\\\\slash {{vmid}}', protected = true }
            print(b.changed, b.vmid, b.size > 0, b.protected, b.notes, b.volid == pve.backups(101)[1].volid)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\t101\ttrue\ttrue\tline 1\ttrue\n")
        let notes = bench.cluster.snapshot().volumes.last { $0.content == "backup" }?.notes
        #expect(notes == "line 1\nback\\slash 101")
    }

    @Test func oldBackupsAreLeftAloneWhateverTheStorageSays() async throws {
        let bench = try Bench()
        bench.cluster.update { state in
            for index in state.storages.indices { state.storages[index].retention = "keep-last=1" }
        }
        #expect(try await bench.failure(of: "pve.backup(nil, 100, { storage = 'shared' })") == nil)
        #expect(bench.cluster.snapshot().volumes.filter { $0.content == "backup" && $0.vmid == 100 }.count == 3)
    }

    @Test func aLiteralOKOfANodeWithoutTheGuestIsNoBackup() async throws {
        let bench = try Bench()
        bench.transport.before("/vzdump") { [cluster = bench.cluster] in
            cluster.update { $0.guests[101]?.node = "pve3" }
        }
        let failure = try #require(try await bench.failure(of: "pve.backup(nil, 101, { storage = 'shared' })"))
        #expect(failure.kind == .conflict)
        #expect(failure.message.contains("answered OK without making a backup of guest 101: it has moved to pve3"))
        #expect(failure.raw == "OK")
    }

    @Test func aTaskThatEndsWellWithoutABackupHasFailed() async throws {
        let bench = try Bench()
        bench.transport.before("/content?") {}
        bench.transport.before("/content?") { [cluster = bench.cluster] in
            cluster.update { state in state.volumes.removeAll { $0.vmid == 101 && $0.content == "backup" } }
        }
        let failure = try #require(try await bench.failure(of: "pve.backup(nil, 101, { storage = 'shared' })"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("there is no new backup of guest 101 on shared"))
    }

    @Test func theCauseInTheLogIsTold() async throws {
        let bench = try Bench()
        bench.cluster.update { $0.guests[101]?.backupFailure = "job failed with err -5 - Input/output error" }
        let failure = try #require(try await bench.failure(of: "pve.backup(nil, 101, { storage = 'shared' })"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("Input/output error"), "\(failure.message)")
    }

    @Test(arguments: [
        ("{ storage = 'local-lvm' }", "options.storage", "local, shared"),
        ("{ storage = 'shaerd' }", "options.storage", "shared"), ("{ mode = 'live' }", "options.mode", ""),
        ("{ compress = 'xz' }", "options.compress", ""), ("{ notes = '{{what}}' }", "options.notes", "{{guestname}}"),
        ("{ notes = '\(String(repeating: "x", count: 1025))' }", "options.notes", ""),
        ("{ bwlimit = -1 }", "options.bwlimit", ""), ("{ prune = 1 }", "options.prune", ""),
    ])
    func aWrongOptionIsNamed(options: String, field: String, hint: String) async throws {
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: "pve.backup(nil, 101, \(options))"))
        #expect(failure.kind == .parameter)
        #expect(failure.message.contains(field), "\(failure)")
        #expect(hint.isEmpty || failure.hint?.contains(hint) == true, "\(failure.hint ?? "")")
        #expect(bench.writes.isEmpty)
    }

    // MARK: - Listing

    @Test func sharedStoragesAreAskedOnceAndUnreachableOnesTold() async throws {
        let bench = try Bench()
        #expect(try await bench.failure(of: "print(#pve.backups())") == nil)
        #expect(bench.output.text == "5\n")
        let asked = bench.cluster.requests.map(\.target).filter { $0.contains("/content?") }
        #expect(asked.filter { $0.contains("/shared/") }.count == 1)
        #expect(asked.filter { $0.contains("/local/") }.count == 3)
        bench.cluster.inject(
            Fault(
                .status(500, "storage 'local' is not online"), method: .get, path: "/nodes/pve2/storage/local/content",
                count: 9))
        #expect(try await bench.failure(of: "print(#pve.backups())") == nil)
        #expect(bench.output.logged.contains { $0.contains("local on pve2") && $0.contains("missing from the list") })
        let strict = try #require(try await bench.failure(of: "pve.backups{ strict = true }"))
        #expect(strict.kind == .storageUnavailable)
        #expect(try await bench.failure(of: "print(pve.newest_backups()[1].complete)") == nil)
        #expect(bench.output.text.hasSuffix("false\n"))
    }

    @Test func guestsWithoutABackupComeFirst() async throws {
        let bench = try Bench()
        let code = "for _, g in ipairs(pve.newest_backups()) do print(g.vmid, g.count, g.age ~= nil, g.complete) end"
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                102\t0\tfalse\ttrue
                103\t0\tfalse\ttrue
                111\t1\ttrue\ttrue
                100\t2\ttrue\ttrue
                101\t1\ttrue\ttrue
                110\t1\ttrue\ttrue

                """)
    }

    // MARK: - Keeping and removing

    @Test func aProtectedBackupIsNotEvenAskedFor() async throws {
        let bench = try Bench(policy: Self.free())
        let code = "pve.backup_delete(pve.backups{ guest = 100, protected = true }[1])"
        #expect(try await bench.failure(of: code)?.kind == .protected)
        #expect(bench.writes.isEmpty)
        let free = """
            local b = pve.backups{ guest = 100, protected = true }[1]
            print(pve.backup_protect(b).changed, pve.backup_protect(b, false).protected, pve.backup_delete(b).verified)
            print(#pve.backups(100))
            """
        #expect(try await bench.failure(of: free) == nil)
        #expect(bench.output.text == "false\tfalse\ttrue\n1\n")
    }

    @Test func removingTheOnlyBackupSaysSo() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        #expect(try await bench.failure(of: "pve.backup_delete(pve.backups(101)[1].volid)") == nil)
        let question = try #require(bench.consent.questions.first)
        #expect(question.guest?.vmid.rawValue == 101)
        #expect(question.consequences.joined().contains("the only one that can be seen"))
    }

    @Test func notesAreWrittenAndRead() async throws {
        let bench = try Bench()
        let code =
            "local b = pve.backups(101)[1]; pve.backup_notes(b, 'checked\\nby hand'); print(pve.backups(101)[1].notes)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "checked\n")
    }

    @Test func pruningGoesByProxmoxsRuleGuestByGuest() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes, .yes]))
        let code = """
            pve.backup(nil, 100, { storage = 'shared' }) pve.backup(nil, 101, { storage = 'shared' })
            local wish = { keep = { last = 1 }, storage = 'shared' }
            wish.preview = true
            local before = pve.backup_prune(wish)
            wish.preview = nil
            local after = pve.backup_prune(wish)
            for i, r in ipairs(before) do print(r.vmid, r.action, after[i].action) end
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                100\tkeep\tkeep
                100\tprotected\tprotected
                100\tremove\tremoved
                101\tkeep\tkeep
                101\tremove\tremoved
                110\tkeep\tkeep
                111\tkeep\tkeep

                """)
        #expect(bench.consent.questions.map { $0.guest?.vmid.rawValue } == [100, 101])
    }

    @Test(arguments: [
        ("pve.backup_prune{ keep = {} }", ErrorKind.parameter), ("pve.backup_prune{ keep = { last = 0 } }", .parameter),
        ("pve.backup_prune{ guest = 100 }", .parameter), ("pve.backup_delete('local:iso/debian.iso')", .parameter),
        ("pve.backup_delete('shared:backup/vzdump-qemu-101-2020_01_01-00_00_00.vma.zst')", .notFound),
        ("pve.backup_delete('nowhere:backup/x')", .parameter), ("pve.backups{ storage = 'local-lvm' }", .parameter),
        ("pve.backup_notes('local-lvm:backup/x', 'n')", .parameter), ("pve.restore('shared:backup/x.zst')", .notFound),
        ("pve.restore(pve.backups(101)[1], { vmid = 103 })", .parameter),
        ("pve.restore(pve.backups(101)[1], { storage = 'local' })", .parameter),
        ("pve.restore(pve.backups(101)[1], { name = 'not a name' })", .parameter),
        ("pve.restore(pve.backups(101)[1], { node = 'pve9' })", .parameter),
        ("pve.restore_over(pve.backups(101)[1], 102)", .conflict),
        ("pve.restore_over(pve.backups(101)[1], 111)", .parameter),
        ("pve.restore_over(pve.backups(101)[1], 555)", .notFound),
    ])
    func whatCannotBeIsRefusedBeforeAnythingIsSent(code: String, kind: ErrorKind) async throws {
        let bench = try Bench(policy: Self.free())
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == kind, "\(failure)")
        #expect(bench.writes.isEmpty)
    }

    // MARK: - Restoring

    @Test(arguments: [(101, "web-drill"), (110, "proxy-drill")])
    func aRestoreMakesANewGuest(vmid: Int, name: String) async throws {
        let bench = try Bench { $0.assumesYes = true }
        let code = """
            local g = pve.restore(pve.backups(\(vmid))[1], { name = '\(name)', start = true, pool = 'db' })
            local new, old = pve.vm(g.vmid), pve.vm(\(vmid))
            print(g.name, g.status, new.kind == old.kind, new.pool, old.status)
            local path = '/nodes/%s/%s/%d/config'
            local a = pve.api.get(path:format(new.node, new.kind, new.vmid)).net0
            local b = pve.api.get(path:format(old.node, old.kind, old.vmid)).net0
            print(a ~= b)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "\(name)\trunning\ttrue\tdb\trunning\ntrue\n")
    }

    @Test func aCrownInTheBackupIsOneOfTheNewGuest() async throws {
        let bench = try Bench { $0.assumesYes = true }
        bench.cluster.update { state in
            for index in state.volumes.indices where state.volumes[index].vmid == 101 {
                state.volumes[index].backedUp?["tags"] = "web;crown-jewel"
            }
        }
        #expect(try await bench.failure(of: "pve.restore(pve.backups(101)[1])")?.kind == .policyDenied)
        #expect(bench.writes.isEmpty)
    }

    @Test func aRestoreThatFailsSaysWhatItLeft() async throws {
        let bench = try Bench { $0.assumesYes = true }
        bench.transport.before("/tasks/") { [cluster = bench.cluster] in
            cluster.update { state in
                for upid in state.taskOrder where state.tasks[upid]?.type == "qmrestore" { state.interrupt(upid) }
            }
        }
        let failure = try #require(try await bench.failure(of: "pve.restore(pve.backups(101)[1])"))
        #expect(failure.upid != nil)
        #expect(failure.message.contains("was left on pve1, incomplete"), "\(failure)")
    }

    @Test func writingOverAGuestNeedsAnApprovalThatSaysWhatIsLost() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        let failure = try #require(try await bench.failure(of: "pve.restore_over(pve.backups(100)[1], 103)"))
        #expect(failure.kind == .approvalRequired)
        #expect(failure.message.contains("the backup is one of guest 100, not of 103"))
        #expect(failure.message.contains("scsi0 (80 GiB)"))
        #expect(bench.writes.isEmpty)
    }

    @Test func aStoppedGuestBecomesItsBackup() async throws {
        let bench = try Bench(policy: Self.free())
        let code = """
            local b = pve.backup(nil, 103, { storage = 'shared' })
            pve.snapshot(nil, 103, { name = 'later' })
            local r = pve.restore_over(b, 103)
            print(r.verified, r.name, #pve.snapshots(103))
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\tbuild-1\t0\n")
    }

    @Test func aProtectedGuestIsNotWrittenOver() async throws {
        let bench = try Bench(policy: Self.free())
        bench.cluster.update { $0.guests[103]?.config["protection"] = "1" }
        #expect(try await bench.failure(of: "pve.restore_over(pve.backups(100)[1], 103)")?.kind == .protected)
    }
}
