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
}
