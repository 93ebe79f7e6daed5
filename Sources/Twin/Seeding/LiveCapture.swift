// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
public import Proxmox
public import Simulator

/// Reads a live cluster as a simulated one could begin: its members, storages, pools, guests, snapshots and volumes.
///
/// Nothing but GET requests ever goes to the live cluster.
public struct LiveCapture: Sendable {
    private let live: LiveReader
    private let reads: ReadLog
    private let now: Double

    /// Prepares a capture; nothing is sent yet.
    ///
    /// - Parameter now: The time, in seconds since 1970, at which the captured cluster will begin.
    public init(of live: ProxmoxClient, at now: Double) {
        let reads = ReadLog()
        self.reads = reads
        self.now = now
        self.live = LiveReader(client: live.fronted(clock: live.clock) { ReadOnlyTransport($0, reads: reads) })
    }

    /// What could not be read, such as `GET /pools: Permission check failed`.
    public var gaps: [String] { reads.gaps }

    /// Reads it all, one thing after the other.
    ///
    /// - Throws: ``Failure`` where there is no overview of the cluster; whatever else may not be read becomes a gap.
    public func seed() async throws(Failure) -> ClusterSeed {
        var seed = try await Outline(live: live, reads: reads, now: now).seed()
        seed.time = now
        for index in seed.guests.indices {
            let outline = seed.guests[index]
            let reader = GuestReader(
                live: live, reads: reads, now: now, kind: outline.kind, vmid: outline.vmid, node: outline.node)
            do throws(Failure) {
                guard var guest = try await reader.guest(outline, isNew: false) else { continue }
                let frozen = await reader.snapshotConfigs(guest.snapshots.map(\.name))
                for snapshot in guest.snapshots.indices {
                    guest.snapshots[snapshot].config = frozen[guest.snapshots[snapshot].name] ?? GuestConfig()
                }
                seed.guests[index] = guest
            } catch {
                // A member that is away takes its guests' details with it, not the rest of the cluster.
                reads.note(gap: "guest \(outline.vmid) on \(outline.node): \(error.message)")
            }
        }
        seed.guests.sort { $0.vmid < $1.vmid }
        for storage in seed.storages { seed.volumes += try await volumes(storage, seed.nodes) }
        return seed
    }

    /// The volumes on a storage: once where all nodes see the same, else those of each node.
    private func volumes(
        _ storage: SimulatedStorage, _ nodes: [SimulatedNode]
    ) async throws(Failure) -> [SimulatedVolume] {
        var result: [SimulatedVolume] = []
        for node in nodes where node.online && storage.enabled && storage.serves(node.name) {
            let path = ["nodes", node.name, "storage", storage.name, "content"]
            do throws(Failure) {
                let rows = try await live.read(path).array ?? []
                result += rows.compactMap { SimulatedVolume($0, node: storage.shared ? nil : node.name) }
                if storage.shared { return result }
            } catch {
                guard error.kind != .auth, error.kind != .cancelled else { throw error }
                reads.note(gap: "GET /\(path.joined(separator: "/")): \(error.message)")
            }
        }
        return result
    }
}
