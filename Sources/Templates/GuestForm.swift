// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// A guest as it is to be made: what a template file and a call together say, checked key by key.
public struct GuestForm: Sendable {
    /// Virtual machine or container.
    public let kind: GuestKind
    /// Its name.
    public var name: Placed<String>?
    /// Its memory in bytes.
    public var memory: Placed<Int>?
    /// Its disks, the first one the one that it starts from.
    public var disks: [DiskForm] = []
    /// Its network cards.
    public var cards: [CardForm] = []
    /// The image in its CD drive.
    public var cdrom: Placed<String>?
    /// The container's image.
    public var image: Placed<String>?
    /// The storage of the drive that carries cloud-init's settings.
    public var cloudInitStorage: Placed<String>?
    /// Whether it is started once it is there.
    public var starts = false
    /// Everything else, by the names that Proxmox has for it.
    public var options: [(name: String, value: JSONValue)] = []

    /// One disk.
    public struct DiskForm: Sendable {
        /// The key in the guest's configuration: `scsi0`, `rootfs`, `mp0`.
        public var key: String
        /// Where it lies.
        public var storage: Placed<String>
        /// How large it is; nil where an image says so.
        public var size: Placed<DiskSize>?
        /// The image that its content comes from.
        public var image: Placed<String>?
        /// The other options, as Proxmox writes them.
        public var options: [String] = []

        /// Whether it must grow once it is there: an image brings its own size.
        public var growsAfterwards: DiskSize? { image == nil ? nil : size?.value }

        var text: String {
            var parts: [String]
            if let image {
                parts = ["\(storage.value):0", "import-from=\(image.value)"]
            } else {
                parts = ["\(storage.value):\(Self.gibibytes(size?.value.bytes ?? 0))"]
            }
            parts += options
            return parts.joined(separator: ",")
        }

        /// The size in GiB, in which Proxmox counts new disks, with as few digits as it takes.
        static func gibibytes(_ bytes: Int) -> String {
            let whole = bytes >> 30
            return bytes & (1 << 30 - 1) == 0 ? String(whole) : "\(Double(bytes) / Double(1 << 30))"
        }
    }

    /// One network card.
    public struct CardForm: Sendable {
        /// The key in the guest's configuration: `net0`.
        public var key: String
        /// The bridge on the node.
        public var bridge: Placed<String>
        var text: String
    }

    /// The parameters of the call that makes the guest, but for its number.
    public var parameters: [(name: String, value: JSONValue)] {
        var list = options
        if let name { list.append((kind == .qemu ? "name" : "hostname", .string(name.value))) }
        if let memory { list.append(("memory", JSONValue(memory.value >> 20))) }
        if let image { list.append(("ostemplate", .string(image.value))) }
        for disk in disks { list.append((disk.key, .string(disk.text))) }
        for card in cards { list.append((card.key, .string(card.text))) }
        if let cdrom { list.append(("ide2", .string("\(cdrom.value),media=cdrom"))) }
        if let storage = cloudInitStorage {
            list.append((cdrom == nil ? "ide2" : "ide0", .string("\(storage.value):cloudinit")))
        }
        return list
    }
}
