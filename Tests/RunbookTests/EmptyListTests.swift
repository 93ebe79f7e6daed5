// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Simulator
import Testing

@testable import Runbook

struct EmptyListTests {
    @Test func anEmptyListSaysOnceThatNothingMayBeSeen() async throws {
        var seed = ClusterSeed.demo()
        seed.users.append(SimulatedUser("blind@pve", tokens: [SimulatedToken("x1", secret: "s3cret")]))
        let cluster = SimulatedCluster(seed, clock: WallClock(scale: 0))
        var bench = try Bench()
        bench.environment.client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: SimulatorTransport(cluster))],
            credential: try APIToken(id: "blind@pve!x1", secret: Secret("s3cret")))
        _ = try await bench.run("return #pve.list_vms() + #pve.list_vms{ tag = 'web' }")
        let words = bench.output.logged.filter { $0.contains("VM.Audit") }
        #expect(words.count == 1, "\(bench.output.logged)")
        #expect(words.first?.hasPrefix("warning: the list is empty because") == true)
        #expect(cluster.requests.filter { $0.target.contains("permissions") }.count == 1)
    }

    @Test func aFilterThatFitsNobodyIsNoReasonForAWord() async throws {
        let bench = try Bench()
        _ = try await bench.run("return #pve.list_vms{ tag = 'nosuch' }")
        #expect(bench.output.logged == [])
        #expect(!bench.cluster.requests.contains { $0.target.contains("permissions") })
    }
}
