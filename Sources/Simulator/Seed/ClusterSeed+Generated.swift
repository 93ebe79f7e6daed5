// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ClusterSeed {
    /// A cluster of any size, always the same for the same numbers.
    ///
    /// - Parameters:
    ///   - nodes: How many members; at least one.
    ///   - guests: How many guests, numbered from 100 on; every fifth is a container.
    ///   - seed: What the made-up numbers follow from.
    public static func generated(nodes: Int, guests: Int, seed: UInt64 = 1) -> ClusterSeed {
        var builder = SeedBuilder(seed: seed)
        var result = ClusterSeed(name: "generated", nodes: [])
        for number in 1...max(1, min(nodes, 100)) {
            result.nodes.append(
                SimulatedNode(
                    "pve\(number)", address: "192.0.2.\(10 + number)", processors: 64, memory: 549_755_813_888))
        }
        result.storages = usualStorages
        result.users = [demoRoot]
        result.pools = [SimulatedPool("web"), SimulatedPool("db")]
        for index in 0..<max(0, min(guests, 100_000)) {
            let vmid = 100 + index
            let node = result.nodes[index % result.nodes.count].name
            let role = ["web", "db", "app", "cache"][index % 4]
            let isContainer = index % 5 == 4
            let config =
                isContainer
                ? builder.container(vmid, name: "\(role)-\(index)", storage: "local-lvm", options: [("tags", role)])
                : builder.machine(vmid, name: "\(role)-\(index)", storage: "shared", options: [("tags", role)])
            var guest = SimulatedGuest(isContainer ? .lxc : .qemu, vmid, node: node, config: config)
            guest.power = builder.numbers.next() % 10 < 7 ? .running : .stopped
            if index % 4 < 2 { guest.pool = role }
            result.guests.append(guest)
        }
        result.addMissingImages(created: builder.epoch)
        return result
    }

    static let usualStorages = [
        SimulatedStorage("local", content: ["iso", "vztmpl", "backup"], path: "/var/lib/vz"),
        SimulatedStorage("local-lvm", plugin: "lvmthin", content: ["images", "rootdir"]),
        SimulatedStorage(
            "shared", plugin: "nfs", content: ["images", "rootdir", "backup", "iso"], shared: true,
            size: 10_995_116_277_760),
    ]

    static let demoRoot = SimulatedUser(
        "root@pam", password: "demo",
        tokens: [SimulatedToken("demo", secret: "00000000-0000-4000-8000-000000000001")])
}
