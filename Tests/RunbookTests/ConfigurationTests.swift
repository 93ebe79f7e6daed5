// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Simulator
import Testing

@testable import Runbook

/// Reading and changing configurations and disks.
struct ConfigurationTests {
    private func text(_ bench: Bench, _ code: String) async throws -> String {
        if case .failed(let failure) = try await bench.run(code) { Issue.record("\(failure.failure)") }
        return bench.output.text
    }

    @Test func whatWaitsForTheNextStartIsSaid() async throws {
        let bench = try CreationTests.bench()
        let text = try await text(
            bench,
            #"""
            local r = pve.configure(nil, 101, { set = { memory = 4096, description = "front" } })
            local c = pve.config(101, { pending = true })
            print(r.changed, table.concat(r.pending, ","), c.config.memory, c.pending.memory)
            """#)
        #expect(text == "true\tmemory\t2048\t4096\n")
    }

    @Test func aChangeForAnotherConfigurationIsRefusedAndTellsWhatIsDifferent() async throws {
        let bench = try CreationTests.bench()
        let failure = try await bench.failure(
            of: """
                local seen = pve.config(101)
                pve.configure(nil, 101, { set = { cores = 4 } })
                pve.configure(nil, 101, { set = { cores = 8 }, digest = seen.digest })
                """)
        #expect(failure?.kind == .conflict)
        #expect(failure?.message.contains("cores was 2 and is 4") == true, "\(String(describing: failure))")
        #expect(bench.writes.count == 1)
    }

    @Test func aChangeBehindOurBackIsRefusedByItsDigest() async throws {
        let bench = try CreationTests.bench()
        bench.cluster.inject(
            Fault(
                .status(500, "checksum mismatch (file change by other user?)"), method: .put,
                path: "/nodes/*/qemu/101/config"))
        let failure = try await bench.failure(of: "pve.configure(nil, 101, { set = { cores = 4 } })")
        #expect(failure?.kind == .conflict)
        #expect(failure?.message.contains("changed by somebody else") == true)
    }

    @Test func whatIsSoAlreadyIsNotSent() async throws {
        let bench = try CreationTests.bench()
        let text = try await text(
            bench, #"print(pve.configure(nil, 101, { set = { onboot = 1 }, delete = { "description" } }).changed)"#)
        #expect(text == "false\n")
        #expect(bench.writes.isEmpty)
    }

    @Test func aDiskIsMadeByATask() async throws {
        let bench = try CreationTests.bench()
        _ = try await text(bench, #"pve.configure(nil, 103, { set = { scsi1 = "local-lvm:8" } })"#)
        #expect(bench.writes == ["POST /nodes/pve1/qemu/103/config"])
        #expect(bench.cluster.snapshot().guests[103]?.config["scsi1"]?.contains("size=8G") == true)
    }

    @Test func tagsAreJoinedAndTakenAway() async throws {
        let bench = try CreationTests.bench()
        let text = try await text(
            bench,
            #"print(table.concat(pve.tag(101, { "blue", "web" }).tags, ","), table.concat(pve.untag(101, "web").tags, ","))"#
        )
        #expect(text == "web,blue\tblue\n")
    }

    @Test func keysOfSSHAreEncodedOnceMore() async throws {
        let bench = try CreationTests.bench()
        _ = try await text(bench, #"pve.configure(nil, 103, { set = { sshkeys = "ssh-ed25519 AA+/ me" } })"#)
        #expect(bench.cluster.snapshot().guests[103]?.config["sshkeys"] == "ssh-ed25519%20AA%2B%2F%20me")
    }

    @Test func aDiskGrowsByAnAmountOrToASize() async throws {
        let bench = try CreationTests.bench()
        let text = try await text(
            bench,
            #"""
            print(pve.resize(nil, 103, "scsi0", "+5G").size >> 30, pve.resize(nil, 103, "scsi0", "90G").size >> 30,
              pve.resize(nil, 103, "scsi0", "90G").changed, pve.resize(nil, 111, "rootfs", "+1G").size >> 30)
            """#)
        #expect(text == "85\t90\tfalse\t21\n")
    }

    @Test func aDiskMovesAndTheOldOneStaysOrGoes() async throws {
        let bench = try CreationTests.bench()
        let text = try await text(
            bench,
            #"""
            local one = pve.move_disk(nil, 103, "scsi0", "shared")
            local two = pve.move_disk(nil, 111, "rootfs", "shared", { delete_source = true })
            print(one.volume, one.unused, two.volume, two.unused)
            """#)
        #expect(text == "shared:103/vm-103-disk-0.qcow2\tunused0\tshared:111/vm-111-disk-0.raw\tnil\n")
    }

    @Test(arguments: [
        ("args", "-S", "guest.args"), ("hookscript", "local:snippets/x", "guest.hookscript"),
        ("hostpci0", "01:00", "guest.passthrough"), ("protection", "0", "guest.unprotect"),
    ])
    func sensitiveOptionsAreActionsOfTheirOwn(name: String, value: String, action: String) async throws {
        let bench = try Bench()
        let code = "pve.configure(nil, 103, { set = { \(name) = \"\(value)\" } })"
        _ = try await bench.run("pve.protect(103)")
        let failure = try await bench.failure(of: code)
        #expect([.policyDenied, .confirmationRequired, .approvalRequired].contains(failure?.kind), "\(action)")
        #expect(bench.cluster.snapshot().guests[103]?.config[name] == nil)
    }
}
