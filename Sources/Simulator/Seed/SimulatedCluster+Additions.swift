// SPDX-License-Identifier: Apache-2.0
public import YAML

extension SimulatedCluster {
    /// Adds nodes, storages, pools, guests, backups and files to a cluster that lives.
    ///
    /// - Parameters:
    ///   - text: The lists as a cluster's file has them, such as `guests:`.
    ///   - file: What messages call it.
    /// - Throws: ``YAMLError`` that names the place of what is wrong; nothing is added then.
    public func add(yaml text: String, file: String) throws(YAMLError) {
        let document = try YAMLDocument(parsing: text, file: file)
        let now = snapshot()
        var seed = now.seed
        var reader = try SeedReader(addition: document.root, number: now.guests.count)
        try reader.read(into: &seed)
        let read = seed
        update { $0.take(read) }
    }
}

extension ClusterState {
    /// What a description of this cluster would hold besides how its guests are at work.
    fileprivate var seed: ClusterSeed {
        ClusterSeed(
            name: name, nodes: nodes, storages: storages, guests: guestList, pools: pools, volumes: volumes,
            users: users, grants: grants, quorate: quorate)
    }

    fileprivate mutating func take(_ seed: ClusterSeed) {
        for var guest in seed.guests where guests[guest.vmid] == nil {
            if guest.isRunning, guest.startedAt == 0 { guest.startedAt = now - 86_400 }
            guests[guest.vmid] = guest
        }
        for var node in seed.nodes where !nodes.contains(where: { $0.name == node.name }) {
            node.bootTime = node.bootTime ?? now - 1_234_567
            nodes.append(node)
        }
        (storages, pools, volumes, users, grants) = (seed.storages, seed.pools, seed.volumes, seed.users, seed.grants)
    }
}
