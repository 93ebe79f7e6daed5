// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// Reads the disks out of a guest's configuration.
public enum GuestDisks {
    /// All disks, drives and mount points, ordered by key: `scsi2` before `scsi10`.
    ///
    /// - Parameters:
    ///   - config: What `GET …/config` says, of the present or of a snapshot.
    ///   - kind: Whether the guest is a virtual machine or a container.
    public static func of(_ config: JSONObject, _ kind: GuestKind) -> [GuestDisk] {
        config.members.compactMap { key, value in value.perlText.flatMap { disk(key, $0, kind) } }
            .sorted { order($0.key) < order($1.key) }
    }

    /// The disk that an entry of the configuration describes; nil where the entry is about something else.
    public static func disk(_ key: String, _ text: String, _ kind: GuestKind) -> GuestDisk? {
        let (bus, number) = order(key)
        guard key == "vmstate" || number >= 0 || key == "rootfs", buses(kind).contains(bus) else { return nil }
        var options: [String: String] = [:]
        var file = ""
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if halves.count == 2 { options[halves[0]] = halves[1] } else if index == 0 { file = String(part) }
        }
        // The first value is the default key's and may be written out.
        file = options.removeValue(forKey: kind == .qemu ? "file" : "volume") ?? file
        let volume = VolumeID(file)
        return GuestDisk(
            key: key, medium: medium(bus, file, volume, options), file: file, volume: volume,
            size: options["size"].flatMap { DiskSize($0)?.bytes }, options: options)
    }

    private static func buses(_ kind: GuestKind) -> Set<String> {
        kind == .qemu
            ? ["ide", "sata", "scsi", "virtio", "efidisk", "tpmstate", "unused", "vmstate"]
            : ["rootfs", "mp", "unused"]
    }

    private static func medium(
        _ bus: String, _ file: String, _ volume: VolumeID?, _ options: [String: String]
    ) -> GuestDisk.Medium {
        if bus == "unused" { return .unused }
        if bus == "vmstate" { return .memory }
        // A drive of cloud-init is a CD drive whose volume Proxmox names so.
        if let name = volume?.name.split(separator: "/").last, name.contains("-cloudinit") { return .cloudInit }
        if options["media"] == "cdrom" { return .cdrom }
        return volume == nil ? .hostPath : .disk
    }

    /// The key in letters and number, so that `scsi10` comes after `scsi2`; -1 where there is no number.
    private static func order(_ key: String) -> (bus: String, number: Int) {
        let digits = key.reversed().prefix { $0.isASCII && $0.isNumber }
        return (String(key.dropLast(digits.count)), Int(String(digits.reversed())) ?? -1)
    }
}
