// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Simulator
import Testing
import Twin

struct TwinTests {
    @Test func aStopHappensOnlyInTheTwin() async throws {
        let bench = try Bench()
        let exit = try await bench.twin.client.change(.post, "/nodes/pve1/qemu/101/status/stop")
        #expect(exit == "OK")
        let planned = try await bench.twin.client.read("/nodes/pve1/qemu/101/status/current")
        #expect(planned["status"] == "stopped")
        let real = try await bench.live.read("/nodes/pve1/qemu/101/status/current")
        #expect(real["status"] == "running")
        #expect(bench.twin.writes == 1)
        #expect(bench.twin.elapsed > .zero)
        let rows = try await bench.twin.client.read("/cluster/resources", [("type", .text("vm"))]).array ?? []
        #expect(rows.first { $0["vmid"] == 101 }?["status"] == "stopped")
        #expect(rows.first { $0["vmid"] == 102 }?["status"] == "running")
    }
}
