// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Policy
import Proxmox
import Simulator
import Synchronization
import Testing

@testable import Runbook

/// What a hostile script or a busy neighbour must not get out of the operations on guests.
struct MistrustTests {
    private static func bench(_ consent: ScriptedConsent = ScriptedConsent([])) throws -> Bench {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: all, actions: ["*"], effect: allow }
                  - { id: config, actions: [guest.config, disk.move, snapshot.delete], effect: confirm }
                  - { id: db, actions: ["*"], except: ["read.*"], where: { pool: db }, effect: deny }
                """, file: "test")
        return try Bench(consent: consent, policy: policy)
    }

    /// The copy would be in no pool and carry no tag, and hold all that the guest held.
    @Test(arguments: [
        "pve.restore(pve.backups(100)[1])", "pve.restore(pve.backups(100)[1], { name = 'harmless' })",
        "pve.api.post('/nodes/pve1/qemu', { vmid = 900, archive = pve.backups(100)[1].volid, name = 'x', tags = 'x' })",
        "pve.configure(nil, 103, { set = { cdrom = 'shared:100/vm-100-disk-0.qcow2' } })",
    ])
    func whatIsOfADeniedGuestIsNotCopied(code: String) async throws {
        let bench = try Self.bench()
        #expect(try await bench.failure(of: code)?.kind == .policyDenied)
        #expect(bench.writes.isEmpty)
    }

    /// Tags are joined with those that were read; what somebody adds in between must not be lost.
    @Test func aTagThatSomebodyElseAddsMeanwhileStays() async throws {
        let bench = try Self.bench(ScriptedConsent([.yes, .yes, .yes]))
        let cluster = bench.cluster
        // The handler has read the guest; the Gate is about to read it again.
        bench.transport.before("/qemu/101/config") {}
        bench.transport.before("/qemu/101/config") {
            cluster.update { $0.guests[101]?.config["tags"] = "web;crown-jewel" }
        }
        #expect(try await bench.failure(of: "pve.tag(101, 'new')") == nil)
        let tags = cluster.snapshot().guests[101]?.config["tags"]?.split(separator: ";").sorted()
        #expect(tags == ["crown-jewel", "new", "web"])
    }

    @Test func aTagThatSomebodyElseAddsWhileTheQuestionStandsStays() async throws {
        let holder = ClusterHolder()
        let consent = ScriptedConsent([.yes, .yes, .yes]) { count in
            if count == 1 { holder.cluster?.update { $0.guests[101]?.config["tags"] = "web;crown-jewel" } }
        }
        let bench = try Self.bench(consent)
        holder.cluster = bench.cluster
        #expect(try await bench.failure(of: "pve.tag(101, 'new')") == nil)
        let tags = bench.cluster.snapshot().guests[101]?.config["tags"]?.split(separator: ";").sorted()
        #expect(tags == ["crown-jewel", "new", "web"])
    }

    @Test func aMoveTellsAnewWhatIsDestroyedOnceTheDiskIsAnother() async throws {
        let holder = ClusterHolder()
        let consent = ScriptedConsent([.yes, .no(reason: "no")]) { count in
            guard count == 1 else { return }
            holder.cluster?.update { $0.guests[103]?.config["scsi0"] = "local-lvm:vm-103-disk-7,size=90G" }
        }
        let bench = try Self.bench(consent)
        holder.cluster = bench.cluster
        _ = try await bench.failure(of: "pve.move_disk(nil, 103, 'scsi0', 'shared')")
        #expect(consent.questions.count == 2)
        #expect(consent.questions.last?.consequences.first?.contains("vm-103-disk-7 (90 GiB)") == true)
    }

    /// Making the guest succeeded; whatever its start says, no second guest may come of it.
    @Test func aNewGuestThatDoesNotStartIsNotMadeTwice() async throws {
        let bench = try Self.bench()
        let cluster = bench.cluster
        cluster.inject(
            Fault(.status(500, "VM 104 already exists on node 'pve2'"), method: .post, path: "*/status/start"))
        let failure = try await bench.failure(
            of:
                "pve.create{ node = 'pve1', name = 'n', disks = { { storage = 'local-lvm', size = '8G' } }, start = true }"
        )
        #expect(
            failure?.message.contains("guest 104 is there (created), but then") == true,
            "\(String(describing: failure))")
        #expect(cluster.snapshot().guests[105] == nil)
    }

    /// A disk that is left over from an earlier guest is no reason to try ten numbers.
    @Test func aLeftoverDiskDrawsNoOtherNumber() async throws {
        let bench = try Self.bench()
        bench.cluster.inject(
            Fault(
                .status(500, "clone failed: disk image '/images/104/vm-104-disk-0.raw' already exists"), method: .post,
                path: "*/clone"))
        #expect(try await bench.failure(of: "pve.clone(nil, 9000)") != nil)
        #expect(bench.writes.count == 1)
    }

    @Test(arguments: [
        ("local:3", "which holds"), ("nope:3", "does not have"), ("local:cloudinit", "which holds"),
    ])
    func aNewDiskNeedsAStorageThatHoldsDisks(disk: String, why: String) async throws {
        let bench = try Self.bench()
        let failure = try await bench.failure(of: "pve.configure(nil, 103, { set = { scsi1 = '\(disk)' } })")
        #expect(failure?.kind == .parameter)
        #expect(failure?.message.contains("options.set.scsi1") == true)
        #expect(failure?.message.contains(why) == true, "\(String(describing: failure))")
        #expect(bench.writes.isEmpty)
    }

    @Test func aTimeThatNoCalendarHoldsIsNamed() async throws {
        let bench = try Self.bench()
        let failure = try await bench.failure(of: "pve.retention({ { time = 2^62 } }, { monthly = 1 })")
        #expect(failure?.kind == .parameter)
        #expect(failure?.message.contains("list[1]") == true)
    }
}

/// Lets an answer that is made before its bench change the bench's cluster.
private final class ClusterHolder: Sendable {
    private let held = Mutex<SimulatedCluster?>(nil)

    var cluster: SimulatedCluster? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
