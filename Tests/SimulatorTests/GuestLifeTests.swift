// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

struct GuestLifeTests {
    @Test func aSnapshotLocksTheGuestUntilItIsComplete() async throws {
        let bench = Bench()
        let upid = try await bench.data(.post, "/nodes/pve1/qemu/101/snapshot", "snapname=one").string ?? ""
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/101/status/current")["lock"] == "snapshot")
        #expect(await bench.send(.put, "/nodes/pve1/qemu/101/config", "cores=1").status == 200)
        bench.clock.advance(by: 3)
        #expect(try await bench.exit(upid) == "OK")
        let names = try await bench.data(.get, "/nodes/pve1/qemu/101/snapshot").array?.compactMap { $0["name"]?.string }
        #expect(names == ["clean", "one", "current"])
        #expect(
            try await bench.task(.post, "/nodes/pve1/qemu/101/snapshot", "snapname=one")
                == "snapshot name 'one' already used")
    }

    @Test func rollbackBringsTheOldConfigurationBackAndStopsTheGuest() async throws {
        let bench = Bench()
        _ = await bench.send(.put, "/nodes/pve1/qemu/101/config", "description=changed")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/snapshot/clean/rollback") == "OK")
        #expect(bench.power(101) == .stopped)
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/101/config")["description"] == nil)
    }

    @Test func aBackedUpLockKeepsOthersOut() async throws {
        let bench = Bench()
        _ = await bench.send(.post, "/nodes/pve1/vzdump", "vmid=101&storage=shared")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/status/stop", wait: 0.1) == "VM is locked (backup)")
        bench.clock.advance(by: 11)
        let volumes = try await bench.data(.get, "/nodes/pve1/storage/shared/content?content=backup&vmid=101").array
        #expect(volumes?.count == 2)
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/status/stop") == "OK")
    }

    @Test func vzdumpOfAGuestElsewhereSaysOKAndDoesNothing() async throws {
        #expect(try await Bench().data(.post, "/nodes/pve1/vzdump", "vmid=102&storage=shared") == "OK")
    }

    @Test func migrationMovesTheConfigurationAtTheVeryEnd() async throws {
        let bench = Bench()
        let path = "/nodes/pve1/qemu/101/migrate"
        #expect(try await bench.task(.post, path, "target=pve2") == "500 can't migrate running VM without --online")
        let upid = try await bench.data(.post, path, "target=pve2&online=1").string ?? ""
        #expect(bench.cluster.snapshot().guests[101]?.node == "pve1")
        bench.clock.advance(by: 9)
        #expect(try await bench.exit(upid) == "OK")
        #expect(bench.cluster.snapshot().guests[101]?.node == "pve2")
        #expect(bench.power(101) == .running)
    }

    @Test func aLinkedCloneKeepsItsTemplateFromBeingDestroyed() async throws {
        let bench = Bench()
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/9000/clone", "newid=200&name=copy") == "OK")
        let old = try await bench.data(.get, "/nodes/pve1/qemu/9000/config")
        let new = try await bench.data(.get, "/nodes/pve1/qemu/200/config")
        #expect(new["name"] == "copy")
        #expect(new["vmgenid"] != old["vmgenid"])
        #expect(new["template"] == nil)
        let volume = old["scsi0"]?.string?.split(separator: ",").first ?? ""
        #expect(
            try await bench.task(.delete, "/nodes/pve1/qemu/9000")
                == "base volume '\(volume)' is still in use by linked cloned")
    }

    @Test func aCreatedGuestIsLockedThenStartedByATaskOfItsOwn() async throws {
        let bench = Bench()
        let form = "vmid=300&name=new&memory=512&start=1&scsi0=shared:4"
        let upid = try await bench.data(.post, "/nodes/pve1/qemu", form).string ?? ""
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/300/config")["lock"] == "create")
        bench.clock.advance(by: 2.1)
        #expect(try await bench.exit(upid) == "OK")
        #expect(bench.power(300) == .stopped)
        bench.clock.advance(by: 2)
        #expect(bench.power(300) == .running)
    }

    @Test func changesToARunningMachinesMemoryWaitForItsNextStart() async throws {
        let bench = Bench()
        _ = await bench.send(.put, "/nodes/pve1/qemu/101/config", "memory=4096&tags=web")
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/101/config")["memory"] == "4096")
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/101/config?current=1")["memory"] == "2048")
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/status/reboot") == "OK")
        #expect(try await bench.data(.get, "/nodes/pve1/qemu/101/config?current=1")["memory"] == "4096")
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "99999999999999", "1e308"])
    func noNumberInAConfigurationEndsTheSimulator(number: String) async throws {
        let bench = Bench()
        for option in [
            "memory=\(number)", "cores=\(number)&sockets=\(number)", "scsi7=local-lvm:\(number)",
            "scsi8=local-lvm:vm-101-disk-0,size=\(number)T", "balloon=\(number)", "startup=order=\(number)",
        ] {
            _ = await bench.send(.put, "/nodes/pve1/qemu/101/config", option)
        }
        _ = await bench.send(.put, "/nodes/pve2/lxc/110/config", "memory=\(number)&swap=\(number)&cores=1")
        _ = await bench.send(.put, "/nodes/pve1/qemu/101/resize", "disk=scsi0&size=%2B\(number)")
        _ = try await bench.task(.post, "/nodes/pve1/qemu/101/status/stop")
        _ = try await bench.task(.post, "/nodes/pve1/qemu/101/status/start")
        _ = try await bench.task(.post, "/nodes/pve1/qemu/101/clone", "newid=500&full=1")
        for path in [
            "/cluster/resources", "/nodes", "/nodes/pve1/status", "/nodes/pve1/qemu/101/status/current",
            "/nodes/pve1/qemu/101/config", "/nodes/pve1/qemu", "/nodes/pve1/qemu/101/agent/get-vcpus",
            "/nodes/pve1/qemu/101/rrddata?timeframe=hour", "/nodes/pve1/tasks?start=\(number)&limit=\(number)",
            "/nodes/pve1/tasks?since=\(number)&until=\(number)", "/nodes/pve1/storage/local/content",
        ] {
            #expect(await bench.send(.get, path).status != 0)
        }
    }
}
