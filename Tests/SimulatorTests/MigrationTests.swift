// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// Moving guests, and what keeps them where they are.
struct MigrationTests {
    let bench = Bench()

    private func guest(_ vmid: Int) throws -> SimulatedGuest {
        try #require(bench.cluster.snapshot().guests[vmid])
    }

    private func log(_ node: String, _ type: String) throws -> [String] {
        try #require(bench.cluster.snapshot().tasks.values.first { $0.node == node && $0.type == type }).log
    }

    @Test func aStoppedMachineMayGoWhereItsStoragesAre() async throws {
        bench.cluster.update { state in
            for index in state.storages.indices where state.storages[index].name == "local-lvm" {
                state.storages[index].nodes = ["pve1", "pve3"]
            }
        }
        let facts = try await bench.data(.get, "/nodes/pve1/qemu/103/migrate")
        #expect(facts["running"] == 0)
        #expect(facts["allowed_nodes"] == ["pve3"])
        #expect(facts["not_allowed_nodes"]?["pve2"]?["unavailable_storages"] == ["local-lvm"])
        #expect(facts["not_allowed_nodes"]?["pve3"] == [:])
        let disk = try #require(facts["local_disks"]?.array?.first)
        #expect(disk["volid"] == "local-lvm:vm-103-disk-0")
        #expect(disk["drivename"] == "scsi0" && disk["is_attached"] == 1)
    }

    @Test func ofARunningMachineNoNodesAreTold() async throws {
        let facts = try await bench.data(.get, "/nodes/pve1/qemu/101/migrate")
        #expect(facts["running"] == 1)
        #expect(facts["allowed_nodes"] == [])
        #expect(facts["not_allowed_nodes"] == [:])
    }

    @Test func devicesAndDiscsOfTheNodeAreTold() async throws {
        bench.cluster.update { state in
            state.guests[103]?.config["hostpci0"] = "0000:01:00.0"
            state.guests[103]?.config["ide2"] = "local:iso/debian-12.7.0-amd64-netinst.iso,media=cdrom"
        }
        let facts = try await bench.data(.get, "/nodes/pve1/qemu/103/migrate")
        #expect(facts["local_resources"] == ["hostpci0"])
        #expect(facts["local_disks"]?.array?.contains { $0["cdrom"] == 1 && $0["drivename"] == "ide2" } == true)
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/migrate", "target=pve2") == "migration aborted")
        #expect(try log("pve1", "qmigrate").contains { $0.hasSuffix("uses local devices: hostpci0") })
    }

    @Test func runningWithLocalDisksTakesTheOption() async throws {
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/status/start") == "OK")
        let path = "/nodes/pve1/qemu/103/migrate"
        #expect(try await bench.task(.post, path, "target=pve2&online=1") == "migration aborted")
        #expect(try guest(103).node == "pve1" && guest(103).lock == nil)
        let form = "target=pve2&online=1&with-local-disks=1&targetstorage=shared"
        #expect(try await bench.task(.post, path, form) == "OK")
        #expect(try guest(103).node == "pve2" && guest(103).isRunning)
        #expect(try guest(103).config["scsi0"] == "shared:103/vm-103-disk-0.qcow2,size=80G")
        let state = bench.cluster.snapshot()
        #expect(state.volumes.contains { $0.volid == "shared:103/vm-103-disk-0.qcow2" && $0.node == nil })
        #expect(!state.volumes.contains { $0.volid == "local-lvm:vm-103-disk-0" })
    }

    @Test func onlineMigrationKeepsTheGuestRunningAndTellsHowFarItIs() async throws {
        let started = try guest(101).startedAt
        let upid = try #require(
            try await bench.data(.post, "/nodes/pve1/qemu/101/migrate", "target=pve3&online=1").string)
        bench.clock.advance(by: 5)
        #expect(try await bench.exit(upid) == "running")
        #expect(
            try log("pve1", "qmigrate").contains { $0.contains("migration active, transferred 1.0 GiB of 2.0 GiB") })
        #expect(try guest(101).lock == "migrate" && guest(101).node == "pve1")
        bench.clock.advance(by: 5)
        #expect(try await bench.exit(upid) == "OK")
        #expect(try guest(101).node == "pve3" && guest(101).startedAt == started)
    }

    @Test func aContainerIsStoppedForTheWay() async throws {
        let path = "/nodes/pve2/lxc/110/migrate"
        let upid = try #require(
            try await bench.data(.post, path, "target=pve1&restart=1&target-storage=shared").string)
        #expect(bench.power(110) == .stopped)
        bench.clock.advance(by: 5)
        #expect(try await bench.exit(upid) == "OK")
        #expect(try guest(110).isRunning && guest(110).node == "pve1")
        #expect(try guest(110).config["rootfs"]?.hasPrefix("shared:110/vm-110-disk-0.raw") == true)
    }

    @Test(arguments: [
        (MigrationFault.aborts, "migration aborted", "pve1"), (.stays, "migration problems", "pve1"),
        (.moves, "migration problems", "pve2"),
    ])
    func whatGoesWrongLeavesTheGuestHereOrThere(fault: MigrationFault, exit: String, node: String) async throws {
        bench.cluster.update { $0.guests[101]?.migrationFault = fault }
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/migrate", "target=pve2&online=1") == exit)
        #expect(try guest(101).node == node && guest(101).isRunning && guest(101).lock == nil)
        #expect(try log("pve1", "qmigrate").contains { $0.contains("ERROR: ") })
        let other = node == "pve1" ? "pve2" : "pve1"
        #expect(
            try await bench.task(.post, "/nodes/\(node)/qemu/101/migrate", "target=\(other)&online=1") == "OK")
    }

    @Test func aTargetThatDiesOnTheWayKeepsTheGuestHere() async throws {
        let upid = try #require(
            try await bench.data(.post, "/nodes/pve1/qemu/101/migrate", "target=pve2&online=1").string)
        bench.cluster.update { state in
            for index in state.nodes.indices where state.nodes[index].name == "pve2" {
                state.nodes[index].online = false
            }
        }
        bench.clock.advance(by: 20)
        #expect(try await bench.exit(upid) == "migration problems")
        #expect(try guest(101).node == "pve1")
    }

    @Test func snapshotsOnThinVolumesCannotTravel() async throws {
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/snapshot", "snapname=one") == "OK")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/migrate", "target=pve2") == "migration aborted")
        #expect(try log("pve1", "qmigrate").contains { $0.hasSuffix("non-migratable snapshot exists") })
    }

    @Test func aManagedGuestIsMovedByHA() async throws {
        bench.cluster.update { $0.guests[101]?.haState = "started" }
        let form = "target=pve2&online=1"
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/migrate", form, wait: 1) == "OK")
        #expect(try guest(101).node == "pve1")
        bench.clock.advance(by: 60)
        #expect(try guest(101).node == "pve2")
        #expect(try log("pve1", "qmigrate").first == "task started by HA resource agent")
    }

    @Test func anInterruptedMigrationUnlocksTheGuest() async throws {
        let upid = try #require(
            try await bench.data(.post, "/nodes/pve1/qemu/101/migrate", "target=pve2&online=1").string)
        _ = await bench.send(.delete, "/nodes/pve1/tasks/\(upid)")
        bench.clock.advance(by: 20)
        #expect(try await bench.exit(upid) == "interrupted by signal")
        #expect(try guest(101).lock == nil && guest(101).node == "pve1")
    }
}
