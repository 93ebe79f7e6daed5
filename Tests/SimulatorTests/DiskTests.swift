// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// Moving disks, taking them off, and what goes with a guest.
struct DiskTests {
    let bench = Bench()

    private func config(_ vmid: Int) -> GuestConfig { bench.cluster.snapshot().guests[vmid]?.config ?? GuestConfig() }
    private func exists(_ volid: String) -> Bool { bench.cluster.snapshot().volumes.contains { $0.volid == volid } }

    @Test func aMovedDiskLeavesTheOldOneUnusedUnlessItIsToGo() async throws {
        let path = "/nodes/pve1/qemu/103/move_disk"
        #expect(try await bench.task(.post, path, "disk=scsi0&storage=shared") == "OK")
        #expect(config(103)["scsi0"] == "shared:103/vm-103-disk-0.qcow2,size=80G")
        #expect(config(103)["unused0"] == "local-lvm:vm-103-disk-0")
        #expect(try await bench.task(.post, path, "disk=scsi0&storage=local-lvm&delete=1") == "OK")
        #expect(config(103)["scsi0"] == "local-lvm:vm-103-disk-1,size=80G")
        #expect(!exists("shared:103/vm-103-disk-0.qcow2"))
    }

    @Test(arguments: [
        ("disk=scsi5&storage=shared", "500 disk 'scsi5' does not exist"),
        ("disk=scsi0", "400 Parameter verification failed."),
        ("disk=scsi0&storage=local", "400 Parameter verification failed."),
        ("disk=scsi0&storage=nowhere", "500 storage 'nowhere' does not exist"),
        ("disk=scsi0&storage=shared", "500 you can't move to the same storage with same format"),
        ("disk=scsi0&storage=local-lvm&delete=1", "500 you can't move a disk with snapshots and delete the source"),
    ])
    func aDiskThatCannotMoveSaysWhy(form: String, end: String) async throws {
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/move_disk", form) == end)
    }

    @Test func aDiskCanBeGivenToAnotherMachineOfTheNode() async throws {
        let path = "/nodes/pve1/qemu/103/move_disk"
        let upid = try #require(
            try await bench.data(.post, path, "disk=scsi0&target-vmid=101&target-disk=scsi1").string)
        #expect(upid.contains(":qmmove:103-scsi0>101-scsi1:"))
        bench.clock.advance(by: 5)
        #expect(config(103)["scsi0"] == nil)
        #expect(config(101)["scsi1"] == "local-lvm:vm-101-disk-0,size=80G")
        #expect(await bench.send(.post, path, "disk=scsi0&target-vmid=102").status == 500)
    }

    @Test func aStoppedContainersVolumeMoves() async throws {
        let path = "/nodes/pve3/lxc/111/move_volume"
        #expect(try await bench.task(.post, path, "volume=rootfs&storage=shared&delete=1") == "OK")
        #expect(config(111)["rootfs"] == "shared:111/vm-111-disk-0.raw,size=20G")
        #expect(!exists("local-lvm:vm-111-disk-0"))
    }

    @Test func anUnlinkedDiskIsUnusedFirstAndGoneThen() async throws {
        #expect(await bench.send(.put, "/nodes/pve1/qemu/103/unlink", "idlist=scsi0").status == 200)
        #expect(config(103)["unused0"] == "local-lvm:vm-103-disk-0")
        #expect(await bench.send(.put, "/nodes/pve1/qemu/103/config", "delete=unused0").status == 200)
        #expect(config(103)["unused0"] == nil)
        #expect(!exists("local-lvm:vm-103-disk-0"))
    }

    @Test func destroyingLeavesWhatTheConfigurationDoesNotName() async throws {
        bench.cluster.update { state in
            state.volumes.append(
                SimulatedVolume(
                    "local-lvm:vm-103-disk-7", node: "pve1", content: "images", format: "raw", size: 1, vmid: 103,
                    created: 0))
        }
        #expect(try await bench.task(.delete, "/nodes/pve1/qemu/103?purge=1") == "OK")
        #expect(!exists("local-lvm:vm-103-disk-0") && exists("local-lvm:vm-103-disk-7"))
    }

    @Test func aBackgroundDelayWaitsForTheChange() async throws {
        let path = "/nodes/pve1/qemu/103/config"
        #expect(try await bench.data(.post, path, "cores=4&background_delay=5") == .null)
        #expect(config(103)["cores"] == "4")
        #expect(try await bench.data(.post, path, "cores=2").string?.hasPrefix("UPID:pve1:") == true)
    }

    @Test func aRunningContainerIsCopiedFromASnapshotOnly() async throws {
        #expect(
            await bench.send(.post, "/nodes/pve2/lxc/110/clone", "newid=150&full=1").reason
                == "Cannot do full clones on a running container without snapshots")
    }
}
