// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// What a real cluster does with snapshots and a recorded story does not show.
struct SnapshotTests {
    let bench: Bench

    init() {
        var seed = ClusterSeed.demo()
        seed.storages.append(SimulatedStorage("tank", plugin: "zfspool", content: ["images", "rootdir"]))
        seed.storages.append(SimulatedStorage("thick", plugin: "lvm", content: ["images", "rootdir"]))
        bench = Bench(seed)
    }

    private func names(_ vmid: Int, _ node: String) async throws -> [String] {
        try await bench.data(.get, "/nodes/\(node)/qemu/\(vmid)/snapshot").array?
            .compactMap { $0["name"]?.string } ?? []
    }

    @Test func aSnapshotWithMemoryHasAVolumeThatGoesWithIt() async throws {
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu/101/snapshot", "snapname=hot&vmstate=1") == "OK")
        let files = { (bench: Bench) in
            bench.cluster.snapshot().volumes.filter { $0.volid == "shared:101/vm-101-state-hot.raw" }.count
        }
        #expect(files(bench) == 1)
        let rows = try await bench.data(.get, "/nodes/pve1/qemu/101/snapshot").array ?? []
        #expect(rows.first { $0["name"] == "hot" }?["vmstate"] == 1)
        #expect(try await bench.task(.delete, "/nodes/pve1/qemu/101/snapshot/hot") == "OK")
        #expect(files(bench) == 0)
        #expect(try await names(101, "pve1") == ["clean", "current"])
    }

    @Test func onZFSOnlyTheNewestSnapshotCanBeRolledBackTo() async throws {
        bench.cluster.update { $0.guests[103]?.config["scsi0"] = "tank:vm-103-disk-0,size=80G" }
        for name in ["one", "two"] {
            #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/snapshot", "snapname=\(name)") == "OK")
        }
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu/103/snapshot/one/rollback")
                == "can't rollback, 'one' is not most recent snapshot on 'tank:vm-103-disk-0'")
        #expect(try await bench.task(.delete, "/nodes/pve1/qemu/103/snapshot/two") == "OK")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/snapshot/one/rollback") == "OK")
    }

    @Test(arguments: ["thick:vm-103-disk-0,size=80G", "shared:103/vm-103-disk-0.raw,size=80G"])
    func whereADiskCannotBeSnapshottedTheFeatureIsNotAvailable(disk: String) async throws {
        bench.cluster.update { $0.guests[103]?.config["scsi0"] = disk }
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu/103/snapshot", "snapname=one")
                == "snapshot feature is not available")
        let feature = try await bench.data(.get, "/nodes/pve1/qemu/103/feature?feature=snapshot")
        #expect(feature["hasFeature"] == 0)
    }

    @Test func rollingBackEndsARunningGuestAndStartsItOnlyWhereAsked() async throws {
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/snapshot/clean/rollback") == "OK")
        #expect(bench.power(101) == .stopped)
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/snapshot/clean/rollback", "start=1") == "OK")
        #expect(bench.power(101) == .running)
    }

    @Test func aDeletedSnapshotsChildrenGetItsParent() async throws {
        for name in ["two", "three"] {
            #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/snapshot", "snapname=\(name)") == "OK")
        }
        #expect(try await bench.task(.delete, "/nodes/pve1/qemu/101/snapshot/two") == "OK")
        let rows = try await bench.data(.get, "/nodes/pve1/qemu/101/snapshot").array ?? []
        #expect(rows.first { $0["name"] == "three" }?["parent"] == "clean")
        #expect(rows.first { $0["name"] == "current" }?["parent"] == "three")
    }

    @Test func whileOneIsTakenTheGuestIsLockedAndTheSnapshotUnfinished() async throws {
        _ = await bench.send(.post, "/nodes/pve1/qemu/101/snapshot", "snapname=two")
        let rows = try await bench.data(.get, "/nodes/pve1/qemu/101/snapshot").array ?? []
        #expect(rows.first { $0["name"] == "two" }?["snapstate"] == "prepare")
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/101/status/current")["lock"] == "snapshot")
    }
}
