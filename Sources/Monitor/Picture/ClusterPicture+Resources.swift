// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

extension ClusterPicture {
    /// Takes over the rows of the cluster's overview.
    mutating func take(_ rows: [ClusterResource]) {
        for row in rows {
            switch row.kind {
            case .node:
                guard let name = row.node?.rawValue else { continue }
                nodes.append(
                    NodeSight(
                        name, status: row.status.flatMap(NodeSight.Status.init) ?? .unknown,
                        memory: row.share("mem", of: "maxmem"), processors: row.members["cpu"]?.perlNumber))
            case .storage:
                guard let name = row.storage, let node = row.node?.rawValue else { continue }
                let content = (row.members["content"]?.perlText ?? "").split(separator: ",")
                storages.append(
                    StorageSight(
                        name, node: node, isShared: row.members["shared"]?.perlBool ?? false,
                        isAvailable: row.status == "available", used: row.share("disk", of: "maxdisk"),
                        holdsBackups: content.contains("backup")))
            case .qemu, .lxc:
                guard let reference = row.guest, !row.isTemplate else { continue }
                guests.append(
                    GuestSight(
                        reference, name: row.name, status: row.status ?? "unknown", tags: row.tags, lock: row.lock))
            default: continue
            }
        }
        nodes.sort { $0.name < $1.name }
        guests.sort { $0.vmid < $1.vmid }
        storages.sort { ($0.name, $0.node) < ($1.name, $1.node) }
    }
}

extension ClusterResource {
    /// One figure as a share of another; nil where either is missing.
    fileprivate func share(_ part: String, of whole: String) -> Double? {
        guard let part = members[part]?.perlNumber, let whole = members[whole]?.perlNumber, whole > 0 else {
            return nil
        }
        return part / whole
    }
}
