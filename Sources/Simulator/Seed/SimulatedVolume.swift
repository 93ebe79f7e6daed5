// SPDX-License-Identifier: Apache-2.0

/// One volume on a simulated storage: a disk image, a backup, an ISO file.
public struct SimulatedVolume: Sendable, Hashable {
    /// The volume id, `storage:name`.
    public var volid: String
    /// The node that holds it, or nil on shared storage.
    public var node: String?
    /// What it is: `images`, `rootdir`, `backup`, `iso`, `vztmpl`.
    public var content: String
    /// Its format, such as `qcow2` or `vma.zst`.
    public var format: String
    /// Its size in bytes.
    public var size: Int
    /// The guest it belongs to.
    public var vmid: Int?
    /// When it was made, in seconds since 1970.
    public var created: Double
    /// Notes on a backup.
    public var notes: String?
    /// Whether a backup may not be removed.
    public var protected: Bool
    /// The configuration inside a backup.
    public var backedUp: GuestConfig?

    /// Makes a volume.
    public init(
        _ volid: String, node: String?, content: String, format: String, size: Int, vmid: Int? = nil,
        created: Double, notes: String? = nil, protected: Bool = false, backedUp: GuestConfig? = nil
    ) {
        self.volid = volid
        self.node = node
        self.content = content
        self.format = format
        self.size = size
        self.vmid = vmid
        self.created = created
        self.notes = notes
        self.protected = protected
        self.backedUp = backedUp
    }

    /// The storage, which is the part before the colon.
    public var storage: String { String(volid.prefix { $0 != ":" }) }
    /// The part after the colon.
    public var name: String { String(volid.dropFirst(storage.count + 1)) }
    /// `qemu` or `lxc` for a backup.
    public var subtype: String? {
        guard content == "backup" else { return nil }
        return name.contains("vzdump-lxc-") || name.hasPrefix("backup/ct/") ? "lxc" : "qemu"
    }
}
