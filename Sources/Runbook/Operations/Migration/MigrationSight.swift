// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Schema

/// All that is read about a guest before it moves.
struct MigrationSight: Sendable {
    var guest: GuestFacts
    var disks: [GuestDisk]
    var nodes: [ClusterResource]
    /// The storages of the guest's own node, as far as they may be seen.
    var here: [NodeStorage]
    var snapshots: [String] = []
    /// What its node says; nil for a container before PVE 9, and while a lock keeps the node from saying anything.
    var preconditions: MigrationPreconditions?
    var placement: ServicePlacement?

    /// Reads it; each question is a read that policy judges.
    static func read(_ guest: GuestFacts, to target: NodeName?, _ call: OperationCall) async throws(Failure)
        -> MigrationSight
    {
        let gate = call.gate
        let nodes = try await call.resources(.node)
        var sight = MigrationSight(
            guest: guest, disks: GuestDisks.of(guest.config, guest.kind), nodes: nodes,
            here: try await StorageCheck.read(guest.node, call).storages)
        // Without local disks snapshots stand in nobody's way.
        if !sight.localDisks.isEmpty { sight.snapshots = try await GuestLookups(call: call).snapshots(of: guest) }
        if guest.lock == nil, await hasPreconditions(guest.kind, call) {
            // A target that does not exist would be refused here with less said about it.
            let target = target.flatMap { name in nodes.contains { $0.node == name } ? name : nil }
            sight.preconditions = try await gate.read(APICall(.get, try guest.reference.path("migrate"))) {
                client throws(Failure) in
                do throws(Failure) {
                    return try await client.migrationPreconditions(of: guest.reference, to: target)
                } catch {
                    // Who may look at a guest but not move it is told what can be told without its node.
                    guard error.kind == .permission, call.operation.reach == .read else { throw error }
                    return nil
                }
            }
        }
        if guest.isHAManaged {
            let sid = "\(guest.kind == .qemu ? "vm" : "ct"):\(guest.vmid)"
            sight.placement = try await gate.read(try .get("cluster", "ha", "resources", sid)) { client in
                await client.placement(of: guest.reference)
            }
        }
        return sight
    }

    /// Containers have the question since PVE 9 only; the cluster's schema tells.
    private static func hasPreconditions(_ kind: GuestKind, _ call: OperationCall) async -> Bool {
        guard kind == .lxc else { return true }
        let schema = await call.environment.schema?.schema()
        return schema?.method("GET", path: ["nodes", "{node}", "lxc", "{vmid}", "migrate"]) != nil
    }

    /// The disks that only this node has and that would be copied.
    ///
    /// A storage that may not be seen is taken for shared: the server knows better.
    var localDisks: [GuestDisk] {
        disks.filter { disk in
            guard let volume = disk.volume, [.disk, .unused, .cloudInit, .memory].contains(disk.medium) else {
                return false
            }
            if disk.isDeclaredShared { return false }
            return isLocal(volume.storage)
        }
    }

    func isLocal(_ storage: StorageID) -> Bool {
        here.first { $0.storage == storage }.map { !$0.isShared } ?? false
    }

    /// The devices, drives and directories of its node that it uses.
    var localResources: [String] {
        let own = LocalDevices.of(guest.config, guest.kind) + disks.filter(\.isOfNode).map(\.key)
        return Set(own + (preconditions?.localResources ?? [])).sorted()
    }

    /// Bytes of a disk, as its node or its configuration says; nil where neither does.
    func size(of disk: GuestDisk) -> Int? {
        disk.size ?? preconditions?.localVolumes.first { $0.volid == disk.file }.map(\.size)
    }

    /// The memory that the guest may take, in bytes.
    var memory: Int { guest.current["maxmem"]?.perlInteger ?? 0 }
}

/// A node that a guest may move to, as it is now.
struct MigrationTarget: Sendable {
    var node: NodeName
    var row: ClusterResource?
    /// Its storages; nil where it does not answer.
    var storages: [NodeStorage]?

    static func read(_ node: NodeName, _ sight: MigrationSight, _ call: OperationCall) async throws(Failure)
        -> MigrationTarget
    {
        let row = sight.nodes.first { $0.node == node }
        guard row?.status == "online", node != sight.guest.node else {
            return MigrationTarget(node: node, row: row, storages: node == sight.guest.node ? sight.here : nil)
        }
        return MigrationTarget(node: node, row: row, storages: try await StorageCheck.read(node, call).storages)
    }

    /// Bytes of memory that nobody uses; nil where they may not be seen.
    var freeMemory: Int? {
        guard let most = row?.members["maxmem"]?.perlInteger, let used = row?.members["mem"]?.perlInteger else {
            return nil
        }
        return max(0, most - used)
    }
}
