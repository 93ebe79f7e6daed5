// SPDX-License-Identifier: Apache-2.0

/// One storage definition of the simulated cluster.
public struct SimulatedStorage: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The plug-in, such as `dir`, `nfs` or `lvmthin`.
    public var plugin: String
    /// What it may hold, such as `images` and `backup`.
    public var content: [String]
    /// Whether all nodes see the same volumes.
    public var shared: Bool
    /// The nodes it is limited to; empty means all.
    public var nodes: [String]
    /// Its size in bytes.
    public var size: Int
    /// Bytes used.
    public var used: Int
    /// The folder, for plug-ins that have one.
    public var path: String?
    /// Whether it may be used.
    public var enabled = true
    /// Whether it answers; a file server that is away does not.
    public var active = true
    /// Which backups to keep, as the definition's `prune-backups` says.
    public var retention = "keep-all=1"

    /// Makes a storage.
    public init(
        _ name: String, plugin: String = "dir", content: [String], shared: Bool = false, nodes: [String] = [],
        size: Int = 1_099_511_627_776, used: Int = 219_902_325_555, path: String? = nil
    ) {
        self.name = name
        self.plugin = plugin
        self.content = content
        self.shared = shared
        self.nodes = nodes
        self.size = size
        self.used = used
        self.path = path ?? (plugin == "dir" ? "/var/lib/vz" : plugin == "nfs" ? "/mnt/pve/\(name)" : nil)
    }

    /// Whether volumes are files, so that images may be qcow2.
    public var isFileBased: Bool { ["dir", "nfs", "cifs", "cephfs", "btrfs", "glusterfs"].contains(plugin) }

    /// Whether a disk there can be snapshotted: among files only qcow2 (PVE::Storage, `volume_has_feature`).
    func canSnapshot(_ disk: String) -> Bool {
        switch plugin {
        case "dir", "nfs", "cifs", "glusterfs": disk.contains(".qcow2")
        // A chain of volumes in PVE 9.
        case "lvm": disk.contains(".qcow2")
        case "iscsi", "iscsidirect", "esxi", "pbs": false
        // What others make is made for snapshots, as a rule.
        default: true
        }
    }

    /// Whether that node can use it.
    public func serves(_ node: String) -> Bool { nodes.isEmpty || nodes.contains(node) }
}
