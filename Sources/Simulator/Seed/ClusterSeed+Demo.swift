// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ClusterSeed {
    /// The cluster behind `--cluster demo`: three nodes, eight guests.
    public static func demo() -> ClusterSeed {
        var builder = SeedBuilder(seed: 8)
        var seed = ClusterSeed(
            name: "demo",
            nodes: (1...3).map { SimulatedNode("pve\($0)", address: "192.0.2.1\($0)") },
            storages: usualStorages, pools: [SimulatedPool("web"), SimulatedPool("db")], users: [demoRoot])
        let machines: [(Int, String, String, SimulatedGuest.Power, String, String?)] = [
            (100, "db-01", "pve1", .running, "db", "db"), (101, "web-1", "pve1", .running, "web", "web"),
            (102, "web-2", "pve2", .running, "web", "web"), (103, "build-1", "pve3", .stopped, "ci", nil),
        ]
        for (vmid, name, node, power, tag, pool) in machines {
            let config = builder.machine(vmid, name: name, storage: "shared", options: [("tags", tag)])
            var guest = SimulatedGuest(.qemu, vmid, node: node, power: power, config: config)
            guest.pool = pool
            seed.guests.append(guest)
        }
        seed.addMissingImages(created: builder.epoch)
        return seed
    }
}
