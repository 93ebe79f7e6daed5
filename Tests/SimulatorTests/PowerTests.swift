// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

struct PowerTests {
    @Test func aStoppedMachineRunsWhenItsStartTaskHasEnded() async throws {
        let bench = Bench()
        let upid = try await bench.data(.post, "/nodes/pve1/qemu/103/status/start").string
        #expect(bench.power(103) == .stopped)
        #expect(try await bench.exit(upid ?? "") == "running")
        bench.clock.advance(by: 2)
        #expect(try await bench.exit(upid ?? "") == "OK")
        #expect(bench.power(103) == .running)
    }

    @Test(arguments: [
        ("/nodes/pve1/qemu/101/status/start", "VM 101 already running"),
        ("/nodes/pve1/qemu/103/status/stop", "OK"),
        ("/nodes/pve2/qemu/101/status/start", "Configuration file 'nodes/pve2/qemu-server/101.conf' does not exist"),
        ("/nodes/pve2/qemu/101/status/stop", "unable to find configuration file for VM 101 on node 'pve2'"),
        ("/nodes/pve1/qemu/9000/status/start", "you can't start a vm if it's a template"),
        ("/nodes/pve1/qemu/103/status/reboot", "500 VM 103 not running"),
        ("/nodes/pve2/lxc/110/status/start", "500 CT 110 already running"),
        ("/nodes/pve3/lxc/111/status/stop", "500 CT 111 not running"),
        ("/nodes/pve3/lxc/111/status/reboot", "500 VM 111 not running"),
        ("/nodes/pve1/lxc/110/status/stop", "500 CT 110 not running"),
    ])
    func powerRequestsFailWhereProxmoxFailsThem(path: String, outcome: String) async throws {
        #expect(try await Bench().task(.post, path) == outcome)
    }

    @Test func rebootEndsWithTheMachineDownAndAnotherTaskStartsIt() async throws {
        let bench = Bench()
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/status/reboot", wait: 4.1) == "OK")
        #expect(bench.power(101) == .stopped)
        bench.clock.advance(by: 3)
        #expect(bench.power(101) == .running)
        let last = try await bench.data(.get, "/nodes/pve1/tasks").array?.first
        #expect(last?["type"] == "qmstart")
        #expect(last?["user"] == "root@pam")
        #expect(last?["tokenid"] == nil)
    }

    @Test func aContainerIsUpAgainWhenItsRebootTaskEnds() async throws {
        let bench = Bench()
        #expect(try await bench.task(.post, "/nodes/pve2/lxc/110/status/reboot", wait: 4.1) == "OK")
        #expect(bench.power(110) == .running)
    }

    @Test func aGuestThatIgnoresShutdownKeepsRunningUntilForced() async throws {
        let bench = Bench()
        bench.cluster.update { $0.guests[101]?.ignoresShutdown = true }
        let shutdown = "/nodes/pve1/qemu/101/status/shutdown"
        #expect(try await bench.task(.post, shutdown, "timeout=5") == "VM quit/powerdown failed - got timeout")
        #expect(bench.power(101) == .running)
        #expect(try await bench.task(.post, shutdown, "timeout=5&forceStop=1") == "OK")
        #expect(bench.power(101) == .stopped)
    }

    @Test func aSecondTaskWaitsTenSecondsForTheFirstOnesLockFile() async throws {
        let bench = Bench()
        bench.cluster.update { $0.guests[101]?.ignoresShutdown = true }
        _ = await bench.send(.post, "/nodes/pve1/qemu/101/status/shutdown", "timeout=60")
        let stop = try await bench.data(.post, "/nodes/pve1/qemu/101/status/stop").string ?? ""
        bench.clock.advance(by: 9)
        #expect(try await bench.exit(stop) == "running")
        bench.clock.advance(by: 2)
        #expect(try await bench.exit(stop) == "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout")
    }

    @Test func aWaitingTaskGoesOnWhenTheLockFileIsFree() async throws {
        let bench = Bench()
        _ = await bench.send(.post, "/nodes/pve1/qemu/101/status/shutdown")
        let start = try await bench.data(.post, "/nodes/pve1/qemu/101/status/start").string ?? ""
        bench.clock.advance(by: 6)
        #expect(try await bench.exit(start) == "OK")
        #expect(bench.power(101) == .running)
    }

    @Test func aManagedGuestIsStartedLaterByTheManager() async throws {
        let bench = Bench()
        bench.cluster.update { $0.guests[103]?.haState = "stopped" }
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/103/status/start", wait: 1) == "OK")
        #expect(bench.power(103) == .stopped)
        bench.clock.advance(by: 15)
        #expect(bench.power(103) == .running)
        let types = try await bench.data(.get, "/nodes/pve1/tasks").array?.compactMap { $0["type"]?.string }
        #expect(types == ["qmstart", "hastart"])
    }

    @Test func pausedIsRunningWithItsProcessorsStill() async throws {
        let bench = Bench()
        #expect(try await bench.task(.post, "/nodes/pve1/qemu/101/status/suspend") == "OK")
        let status = try await bench.data(.get, "/nodes/pve1/qemu/101/status/current")
        #expect(status["status"] == "running")
        #expect(status["qmpstatus"] == "paused")
        #expect(
            await bench.send(.post, "/nodes/pve1/qemu/101/status/shutdown").reason == "VM is paused - cannot shutdown")
    }
}
