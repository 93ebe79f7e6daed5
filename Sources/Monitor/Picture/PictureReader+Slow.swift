// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

extension PictureReader {
    /// What is read once in a while: certificates, backups, snapshots, configurations.
    func slowFacts(_ picture: ClusterPicture) async -> SlowFacts {
        var slow = SlowFacts()
        slow.time = picture.time
        slow.permissions = await sight { () async throws(Failure) in try await client.permissions() }
        let nodes = picture.nodes.filter { $0.status != .offline }.map(\.name)
        let up = Set(nodes)
        let guests = picture.guests.filter { up.contains($0.node) }
        slow.onboot = await each(guests.filter(needs.onboot), by: \.vmid) { await onboot(of: $0) }
        slow.certificates = await each(nodes.filter(needs.certificates)) { await certificates(of: $0) }
        if needs.backups {
            var stores: [String: StorageSight] = [:]
            for storage in picture.storages where storage.holdsBackups && up.contains(storage.node) {
                // Of a shared one any node that has it at hand can tell.
                if stores[storage.key]?.isAvailable != true { stores[storage.key] = storage }
            }
            slow.backups = await each(stores.values.sorted { $0.key < $1.key }, by: \.key) { await backups(on: $0) }
        }
        let known = slow.onboot
        let wanted = guests.filter { needs.snapshots($0, try? known[$0.vmid]?.get()) }
        slow.snapshots = await each(wanted, by: \.vmid) { await snapshots(of: $0) }
        return slow
    }

    private func onboot(of guest: GuestSight) async -> ClusterPicture.Sight<Bool> {
        await breaker.read(guest.node) { () async throws(Failure) in
            let config = try await client.send(APICall(.get, try guest.reference.path("config"))).data
            return config["onboot"]?.perlBool ?? false
        }
    }

    private func certificates(of node: String) async -> ClusterPicture.Sight<[CertificateSight]> {
        await breaker.read(node) { () async throws(Failure) in
            let rows = try await client.send(.get("nodes", node, "certificates", "info")).data.array ?? []
            return rows.compactMap { row in
                guard let end = row["notafter"]?.perlNumber, let file = row["filename"]?.perlText else { return nil }
                return CertificateSight(file: file, fingerprint: row["fingerprint"]?.perlText ?? "", end: end)
            }
        }
    }

    private func backups(on storage: StorageSight) async -> ClusterPicture.Sight<[BackupSight]> {
        await breaker.read(storage.node) { () async throws(Failure) in
            let call = try APICall.get(
                "nodes", storage.node, "storage", storage.name, "content",
                parameters: [("content", .text("backup"))])
            return (try await client.send(call).data.array ?? []).compactMap { row in
                guard let vmid = row["vmid"]?.perlInteger, let time = row["ctime"]?.perlNumber else { return nil }
                return BackupSight(vmid: vmid, time: time)
            }
        }
    }

    private func snapshots(of guest: GuestSight) async -> ClusterPicture.Sight<[SnapshotSight]> {
        await breaker.read(guest.node) { () async throws(Failure) in
            let rows = try await client.send(APICall(.get, try guest.reference.path("snapshot"))).data.array ?? []
            return rows.compactMap { row in
                // The row `current` is the guest as it is; it has no time.
                guard let name = row["name"]?.perlText, let time = row["snaptime"]?.perlNumber else { return nil }
                return SnapshotSight(name: name, time: time)
            }
        }
    }

    /// Reads something of each, a few at a time.
    func each<Key: Hashable & Sendable, Item: Sendable, Value: Sendable>(
        _ items: [Item], by key: @Sendable (Item) -> Key, _ read: @escaping @Sendable (Item) async -> Value
    ) async -> [Key: Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var result: [Key: Value] = [:]
            var rest = items.indices.makeIterator()
            func startNext() -> Bool {
                guard let index = rest.next() else { return false }
                let item = items[index]
                group.addTask { (index, await read(item)) }
                return true
            }
            for _ in 0..<Self.atOnce where !startNext() { break }
            for await (index, value) in group {
                result[key(items[index])] = value
                _ = startNext()
            }
            return result
        }
    }

    func each<Value: Sendable>(
        _ names: [String], _ read: @escaping @Sendable (String) async -> Value
    ) async -> [String: Value] {
        await each(names, by: { $0 }, read)
    }
}
