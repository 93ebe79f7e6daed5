// SPDX-License-Identifier: Apache-2.0
public import Model

/// One disk, drive or mount point of a guest, as its configuration names it.
public struct GuestDisk: Hashable, Sendable {
    /// What hangs there.
    public enum Medium: String, Sendable, CaseIterable {
        /// A disk, or a container's root or mount point on a storage.
        case disk
        /// A CD drive: with an image, with the node's own drive, or empty.
        case cdrom
        /// The drive that carries cloud-init's settings; Proxmox makes it anew where it is missing.
        case cloudInit = "cloudinit"
        /// A volume that belongs to the guest and hangs nowhere.
        case unused
        /// The memory of a guest that sleeps (`vmstate`).
        case memory = "vmstate"
        /// A device or directory of the node itself, which no other node has.
        case hostPath = "host-path"
    }

    /// The key in the configuration: `scsi0`, `rootfs`, `mp1`, `unused0`.
    public var key: String
    /// What hangs there.
    public var medium: Medium
    /// What the configuration says before the first comma: a volume, a path, `none` or `cdrom`.
    public var file: String
    /// The volume, where it is one.
    public var volume: VolumeID?
    /// Bytes; nil where the configuration does not say.
    public var size: Int?
    /// The other options, such as `cache` or `ssd`, as they are written.
    public var options: [String: String]

    /// The storage that the volume lies on.
    public var storage: StorageID? { volume?.storage }
    /// Whether it is a disk of the guest that can be resized or moved to another storage.
    public var isMovable: Bool { medium == .disk && volume != nil }
    /// Whether the administrator vouches (`shared=1`) that every node has it although its storage is not shared.
    public var isDeclaredShared: Bool { options["shared"] == "1" }
    /// Whether it is what the node's own drive or directory holds.
    public var isOfNode: Bool { medium == .hostPath || medium == .cdrom && file == "cdrom" }
}
