// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// Backups and what is made of them.
struct BackupTests {
    let bench = Bench()

    private func backups(_ vmid: Int) -> [SimulatedVolume] {
        bench.cluster.snapshot().volumes.filter { $0.content == "backup" && $0.vmid == vmid }
    }

    private func start(_ node: String, _ form: String) async throws -> String {
        try #require(try await bench.data(.post, "/nodes/\(node)/vzdump", form).string)
    }

    private func log(_ upid: String) async throws -> [String] {
        let node = upid.split(separator: ":")[1]
        return try await bench.data(.get, "/nodes/\(node)/tasks/\(upid)/log?limit=0").array?
            .compactMap { $0["t"]?.string } ?? []
    }

    @Test(arguments: [("zstd", ".vma.zst"), ("gzip", ".vma.gz"), ("lzo", ".vma.lzo"), ("0", ".vma")])
    func aBackupHasItsCompressionItsNotesAndItsProtection(compress: String, ending: String) async throws {
        let form =
            "vmid=101&storage=shared&compress=\(compress)&protected=1"
            + "&notes-template=%7B%7Bguestname%7D%7D+on+%7B%7Bnode%7D%7D+of+%7B%7Bcluster%7D%7D"
        #expect(try await bench.task(.post, "/nodes/pve1/vzdump", form) == "OK")
        let new = try #require(backups(101).last)
        #expect(new.volid.hasSuffix(ending))
        #expect(new.notes == "web-1 on pve1 of demo")
        #expect(new.protected)
        #expect(bench.power(101) == .running)
    }

    @Test func guestsHaveTheirTurnOneAfterAnother() async throws {
        let upid = try await start("pve1", "vmid=101,103&storage=shared")
        let locks = { (bench: Bench) in
            [101, 103].map { bench.cluster.snapshot().guests[$0]?.lock }
        }
        #expect(locks(bench) == ["backup", nil])
        bench.clock.advance(by: 11)
        #expect(locks(bench) == [nil, "backup"])
        #expect(bench.power(103) == .prelaunch)
        bench.clock.advance(by: 11)
        #expect(locks(bench) == [nil, nil])
        #expect(bench.power(103) == .stopped)
        #expect(try await bench.exit(upid) == "OK")
    }

    @Test func oneThatFailsDoesNotKeepTheOthersBack() async throws {
        bench.cluster.update { state in
            state.guests[101]?.lock = "snapshot"
            state.guests[9000]?.backupFailure = "no space left on device"
        }
        let upid = try await start("pve1", "vmid=101,103,9000&storage=shared")
        bench.clock.advance(by: 60)
        #expect(try await bench.exit(upid) == "job errors")
        let lines = try await log(upid)
        #expect(lines.contains("ERROR: Backup of VM 101 failed - VM is locked (snapshot)"))
        #expect(lines.contains("ERROR: Backup of VM 9000 failed - no space left on device"))
        #expect(backups(103).count == 1)
        #expect(backups(101).count == 1)
        #expect(bench.cluster.snapshot().guests[9000]?.lock == nil)
    }

    @Test func stopModeStopsAContainerAndRestartsAMachine() async throws {
        let before = try #require(bench.cluster.snapshot().guests[101]?.startedAt)
        _ = try await start("pve1", "vmid=101&storage=shared&mode=stop")
        _ = try await start("pve2", "vmid=110&storage=shared&mode=stop")
        #expect(bench.power(101) == .running)
        #expect(bench.cluster.snapshot().guests[101]?.startedAt ?? 0 > before)
        #expect(bench.power(110) == .stopped)
        bench.clock.advance(by: 15)
        #expect(bench.power(110) == .running)
    }

    @Test func stopModeAndHADoNotGoTogether() async throws {
        bench.cluster.update { $0.guests[101]?.haState = "started" }
        let upid = try await start("pve1", "vmid=101&storage=shared&mode=stop")
        #expect(try await bench.exit(upid) == "job errors")
        #expect(try await log(upid).contains { $0.contains("Cannot execute a backup with stop mode on a HA managed") })
    }

    @Test func olderBackupsGoAsTheRequestSays() async throws {
        for _ in 0..<3 {
            #expect(
                try await bench.task(.post, "/nodes/pve2/vzdump", "vmid=100&storage=shared&prune-backups=keep-last%3D1")
                    == "OK")
        }
        #expect(backups(100).count == 2)
        #expect(backups(100).contains { $0.protected })
        #expect(try await bench.task(.post, "/nodes/pve2/vzdump", "vmid=100&storage=shared") == "OK")
        #expect(backups(100).count == 3)
    }

    @Test func anInterruptedBackupUnlocksItsGuest() async throws {
        let upid = try await start("pve1", "vmid=103&storage=shared")
        #expect(await bench.send(.delete, "/nodes/pve1/tasks/\(upid)").status == 200)
        #expect(try await bench.exit(upid) == "interrupted by signal")
        #expect(bench.cluster.snapshot().guests[103]?.lock == nil)
        #expect(bench.power(103) == .stopped)
    }

    @Test func aStorageWithoutBackupsTakesNone() async throws {
        #expect(
            try await bench.task(.post, "/nodes/pve1/vzdump", "vmid=101&storage=local-lvm")
                .hasSuffix("can't use storage 'local-lvm' for backups - wrong content type"))
    }

    // MARK: - Restoring

    private var archive: String { backups(101).first?.volid ?? "" }

    @Test func aRestoredGuestHasItsConfigurationAndDisksOfItsOwn() async throws {
        let form = "vmid=150&archive=\(archive)&storage=local-lvm&unique=1&name=drill&start=1&pool=web"
        #expect(try await bench.task(.post, "/nodes/pve2/qemu", form) == "OK")
        let state = bench.cluster.snapshot()
        let (old, new) = (try #require(state.guests[101]), try #require(state.guests[150]))
        #expect(new.node == "pve2" && new.isRunning && new.pool == "web" && new.lock == nil)
        #expect(new.config["scsi0"] == "local-lvm:vm-150-disk-0,size=32G")
        #expect(new.config["name"] == "drill")
        #expect(new.config["parent"] == nil)
        for key in ["net0", "vmgenid", "smbios1"] { #expect(new.config[key] != old.config[key]) }
        #expect(state.volumes.contains { $0.volid == "local-lvm:vm-150-disk-0" && $0.node == "pve2" })
    }

    @Test func withoutUniqueTheNetworkCardIsTheSame() async throws {
        #expect(try await bench.task(.post, "/nodes/pve1/qemu", "vmid=150&archive=\(archive)") == "OK")
        let state = bench.cluster.snapshot()
        #expect(state.guests[150]?.config["net0"] == state.guests[101]?.config["net0"])
        #expect(state.guests[150]?.config["vmgenid"] != state.guests[101]?.config["vmgenid"])
    }

    @Test func aGuestIsOverwrittenOnlyByForceAndWhenStopped() async throws {
        let form = "vmid=101&archive=\(archive)"
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu", form)
                == "500 unable to restore VM 101 - VM 101 already exists on node 'pve1'")
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu", form + "&force=1")
                == "unable to restore VM 101 - vm is running")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/status/stop") == "OK")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu", form + "&force=1") == "OK")
        let guest = try #require(bench.cluster.snapshot().guests[101])
        #expect(guest.snapshots.isEmpty && guest.pool == "web")
    }

    @Test func whatCannotBeRestoredSaysWhy() async throws {
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu", "vmid=150&archive=shared:backup/vzdump-qemu-9-x.vma")
                == "500 volume 'shared:backup/vzdump-qemu-9-x.vma' does not exist")
        let refused = await bench.send(.post, "/nodes/pve1/qemu", "vmid=150&archive=\(archive)&storage=local")
        #expect(refused.status == 400)
        #expect(
            try JSONValue(parsing: refused.body)["errors"]?["storage"]
                == "storage 'local' does not support vm images")
        let container = try #require(backups(110).first?.volid)
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu", "vmid=150&archive=\(container)")
                == "unable to restore VM 150 - archive contains no configuration file")
        #expect(bench.cluster.snapshot().guests[150] == nil)
        #expect(
            try await bench.task(
                .post, "/nodes/pve1/lxc", "vmid=150&ostemplate=\(container)&restore=1&storage=local-lvm") == "OK")
    }
}
