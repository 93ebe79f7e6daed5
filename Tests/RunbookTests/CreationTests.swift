// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Policy
import Simulator
import Testing

@testable import Runbook

/// Cloning, creating and destroying on the demo cluster, with a policy that asks before it destroys.
struct CreationTests {
    static func bench(_ answers: [ConsentAnswer] = []) throws -> Bench {
        let policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: all, actions: ["*"], effect: allow }
                  - { id: destroy, actions: [guest.destroy], effect: confirm-typed }
                """, file: "test")
        return try Bench(consent: ScriptedConsent(answers), policy: policy)
    }

    private func value(_ bench: Bench, _ code: String) async throws -> String {
        let outcome = try await bench.run(code)
        if case .failed(let failure) = outcome { Issue.record("\(failure.failure)") }
        return bench.output.text
    }

    @Test func aCloneHasTheNextFreeNumberAndIsThere() async throws {
        let bench = try Self.bench()
        let text = try await value(
            bench,
            #"local r = pve.clone(nil, 9000, { name = "web-3", pool = "web" }) print(r.vmid, r.name, r.full, r.verified)"#
        )
        #expect(text == "104\tweb-3\tfalse\ttrue\n")
        #expect(bench.cluster.snapshot().guests[104]?.pool == "web")
    }

    /// Somebody takes the number after it was drawn and before the clone is sent: the next one is drawn, nothing is lost.
    @Test func aNumberThatIsTakenMeanwhileDrawsTheNext() async throws {
        let bench = try Self.bench()
        let cluster = bench.cluster
        bench.transport.before("/qemu/9000/clone") {
            cluster.update { $0.guests[104] = SimulatedGuest(.qemu, 104, node: "pve1", config: GuestConfig()) }
        }
        let text = try await value(bench, "print(pve.clone(nil, 9000).vmid)")
        #expect(text == "105\n")
        #expect(bench.cluster.snapshot().guests[104]?.config["name"] == nil)
        #expect(bench.writes.count == 2)
    }

    @Test func aNumberOfTheScriptsOwnIsNotReplaced() async throws {
        let bench = try Self.bench()
        let cluster = bench.cluster
        bench.transport.before("/qemu/9000/clone") {
            cluster.update { $0.guests[300] = SimulatedGuest(.qemu, 300, node: "pve1", config: GuestConfig()) }
        }
        let failure = try await bench.failure(of: "pve.clone(nil, 9000, { vmid = 300 })")
        #expect(failure?.kind == .conflict)
        #expect(bench.writes.count == 1)
    }

    @Test(arguments: [
        ("pve.clone(nil, 9000, { vmid = 101 })", "options.vmid"),
        (#"pve.clone(nil, 101, { snapshot = "nothere" })"#, "options.snapshot"),
        (#"pve.clone(nil, 9000, { storage = "shared" })"#, "options.storage"),
        (#"pve.clone(nil, 9000, { full = true, storage = "local" })"#, "options.storage"),
        (#"pve.clone(nil, 103, { target = "pve2" })"#, "options.target"),
        (#"pve.clone(nil, 9000, { target = "pve9" })"#, "options.target"),
        (#"pve.clone(nil, 9000, { name = "a b" })"#, "options.name"),
        (#"pve.clone(nil, 110, { format = "raw" })"#, "options.format"),
        (#"pve.create{ template = "iso-vm" }"#, "options.node"),
        (#"pve.create{ template = "iso-vm", node = "pve9" }"#, "options.node"),
        (#"pve.create{ template = "iso-vm", node = "pve1", memory = "900G" }"#, "options.memory"),
        (#"pve.create{ template = "iso-vm", node = "pve1", cdrom = "local:iso/no.iso" }"#, "options.cdrom"),
        (
            #"pve.create{ template = "iso-vm", node = "pve1", disks = { { storage = "local", size = "1G" } } }"#,
            "options.disks[1].storage"
        ),
        (
            #"pve.create{ template = "iso-vm", node = "pve1", disks = { { storage = "local-lvm", size = "9T" } } }"#,
            "options.disks[1].size"
        ),
        (
            #"pve.create{ template = "iso-vm", node = "pve1", disks = { { storage = "local-lvm", size = "-1G" } } }"#,
            "options.disks[1].size"
        ),
        (
            #"pve.create{ template = "iso-vm", node = "pve1", network = { { bridge = "vmbr9" } } }"#,
            "options.network[1].bridge"
        ),
        (#"pve.resize(nil, 103, "scsi0", "5G")"#, "size"),
        (#"pve.resize(nil, 103, "scsi9", "+5G")"#, "disk"),
        (#"pve.resize(nil, 103, "scsi0", "-5G")"#, "size"),
        (#"pve.move_disk(nil, 103, "scsi0", "local-lvm")"#, "storage"),
        (#"pve.move_disk(nil, 103, "scsi0", "local")"#, "storage"),
        (#"pve.configure(nil, 103, { set = { scsi1 = "local-lvm:-1" } })"#, "options.set.scsi1"),
        (#"pve.configure(nil, 103, { set = { skiplock = 1 } })"#, "options.set.skiplock"),
        (#"pve.tag(103, "a b")"#, "tags"),
    ])
    func whatCannotBeIsRefusedBeforeSendingAndNamed(code: String, field: String) async throws {
        let bench = try Self.bench()
        let failure = try await bench.failure(of: code)
        #expect(failure?.kind == .parameter, "\(String(describing: failure))")
        #expect(failure?.fields.first?.name == field)
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: [
        ("pve.clone(nil, 101, { full = false })", ErrorKind.unsupported), ("pve.clone(nil, 110)", .conflict),
        ("pve.destroy(nil, 101)", .conflict), ("pve.template(nil, 101)", .conflict),
        ("pve.template(nil, 9000)", .conflict),
        ("pve.protect(103) pve.destroy(nil, 103)", .protected),
        ("pve.clone(nil, 9000) pve.destroy(nil, 9000)", .conflict),
        ("pve.cloudinit_update(nil, 103)", .unsupported),
    ])
    func whatStandsInTheWayIsSaidBeforeAnythingIsSent(code: String, kind: ErrorKind) async throws {
        let bench = try Self.bench()
        let failure = try await bench.failure(of: code)
        #expect(failure?.kind == kind, "\(String(describing: failure))")
        #expect(!bench.writes.contains { $0.hasPrefix("DELETE") })
        #expect(bench.consent.questions.isEmpty)
    }

    @Test func whoeverIsAskedIsToldWhatIsDestroyed() async throws {
        let bench = try Self.bench([.yes])
        let text = try await value(bench, "print(pve.destroy(nil, 103, { purge = true }).status)")
        #expect(text == "gone\n")
        let question = try #require(bench.consent.questions.first)
        #expect(question.consequences.first == "destroys scsi0 (local-lvm:vm-103-disk-0, 80 GiB)")
        #expect(question.consequences.last == "finds no backup of it that could bring it back")
        #expect(bench.cluster.snapshot().guests[103] == nil)
    }

    @Test func withoutAYesNothingIsDestroyedAndTheErrorSaysWhatItWouldMean() async throws {
        let bench = try Self.bench([.no(reason: "no")])
        let failure = try await bench.failure(of: "pve.destroy(nil, 103)")
        #expect(failure?.kind == .confirmationRequired)
        #expect(bench.writes.isEmpty)
        #expect(bench.cluster.snapshot().guests[103] != nil)
    }

    @Test func aMachineFromAnImageGrowsAndStarts() async throws {
        let bench = try Self.bench()
        let text = try await value(
            bench,
            #"""
            local r = pve.create{ template = "debian-vm", node = "pve2", name = "app-1", start = true,
              cloud_init = { ip = "192.0.2.7/24", gateway = "192.0.2.1" } }
            print(r.vmid, r.name, r.status, table.concat(r.steps, ", "))
            """#)
        #expect(text == "104\tapp-1\trunning\tcreated, grew scsi0 to 20G, started\n")
        let guest = try #require(bench.cluster.snapshot().guests[104])
        #expect(guest.config["scsi0"]?.contains("size=20G") == true)
        #expect(guest.config["ipconfig0"] == "ip=192.0.2.7/24,gw=192.0.2.1")
        #expect(guest.config["ide2"] == "local-lvm:vm-104-cloudinit,media=cdrom")
    }

    @Test func aContainerComesFromItsTemplate() async throws {
        let bench = try Self.bench()
        let text = try await value(
            bench, #"print(pve.create{ template = "debian-ct", node = "pve1", name = "dns-1", memory = 256 }.kind)"#)
        #expect(text == "lxc\n")
        #expect(bench.cluster.snapshot().guests[104]?.config["memory"] == "256")
        #expect(bench.cluster.snapshot().guests[104]?.config["rootfs"]?.hasPrefix("local-lvm:vm-104-disk-0") == true)
    }

    @Test func aStoppedGuestBecomesATemplate() async throws {
        let bench = try Self.bench()
        _ = try await value(bench, "pve.template(nil, 103) pve.template(nil, 111)")
        #expect(bench.cluster.snapshot().guests[103]?.isTemplate == true)
        #expect(bench.cluster.snapshot().guests[111]?.isTemplate == true)
    }
}
