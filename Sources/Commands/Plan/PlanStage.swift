// SPDX-License-Identifier: Apache-2.0
internal import Proxmox
internal import Simulator
internal import Synchronization

/// The twins that a script is planned on: one for each cluster that it uses.
final class PlanStage: Sendable {
    let client: ProxmoxClient
    private let clock: VirtualClock

    init(live: ProxmoxClient, cluster: String, start: Double) {
        clock = VirtualClock(start: start)
        let seed = ClusterSeed.demo()
        let parts = (seed.token ?? "").split(separator: "=", maxSplits: 1).map(String.init)
        let route = ClusterRoute(demo: SimulatedCluster(seed, clock: clock), token: seed.token)
        _ = parts
        client = (try? route.client()) ?? live
    }

    var now: Double { clock.now }
    var reads: [(request: String, count: Int)] { [] }
    var gaps: [String] { [] }
    func other(_ name: String, of live: ProxmoxClient, start: Double) -> PlanStage {
        PlanStage(live: live, cluster: name, start: start)
    }
}
