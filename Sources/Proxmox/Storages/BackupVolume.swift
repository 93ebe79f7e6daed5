// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// One backup on a storage, as Proxmox lists it.
public struct BackupVolume: Hashable, Sendable {
    /// The volume.
    public var volume: VolumeID
    /// A node that can reach it.
    public var node: NodeName
    /// Whether every node that has the storage sees it.
    public var isShared: Bool
    /// The number of the guest that it was made of.
    public var vmid: VMID?
    /// What that guest was.
    public var kind: GuestKind?
    /// When it was begun, in seconds since 1970.
    public var time: Int?
    /// Bytes it takes.
    public var size: Int
    /// Its format, such as `vma.zst`.
    public var format: String
    /// The first line of its notes.
    public var notes: String
    /// Whether it is kept from being removed.
    public var isProtected: Bool
    /// What a backup server's verification found: `ok`, `failed`; nil where there was none.
    public var verification: String?
    /// Whether a backup server holds it encrypted.
    public var isEncrypted: Bool

    /// Reads a row of a storage's content, or returns nil for what is no backup.
    public init?(_ row: JSONValue, node: NodeName, isShared: Bool) {
        guard let volume = row["volid"]?.perlText.flatMap(VolumeID.init),
            row["content"]?.perlText ?? volume.content == "backup"
        else { return nil }
        self.volume = volume
        self.node = node
        self.isShared = isShared
        vmid = row["vmid"]?.perlInteger.flatMap(VMID.init)
        kind = row["subtype"]?.perlText.flatMap(GuestKind.init) ?? Self.kind(of: volume)
        time = row["ctime"]?.perlInteger
        size = row["size"]?.perlInteger ?? 0
        format = row["format"]?.perlText ?? ""
        notes = row["notes"]?.perlText ?? ""
        isProtected = row["protected"]?.perlBool ?? false
        verification = row["verification"]?["state"]?.perlText
        isEncrypted = row["encrypted"]?.perlBool ?? false
    }

    /// What a backup's name says it was made of.
    private static func kind(of volume: VolumeID) -> GuestKind? {
        let parts = volume.name.split(separator: "/")
        if parts.count > 2 { return parts[1] == "vm" ? .qemu : parts[1] == "ct" ? .lxc : nil }
        let file = parts.last ?? ""
        return GuestKind.allCases.first { file.hasPrefix("vzdump-\($0.rawValue)-") }
    }
}

extension ProxmoxClient {
    /// The backups that lie on a storage, newest first.
    public func backups(
        on storage: StorageID, of node: NodeName, isShared: Bool, vmid: VMID? = nil
    ) async throws(Failure) -> [BackupVolume] {
        let call = try Self.backupListing(on: storage, of: node, vmid: vmid)
        return (try await send(call).data.array ?? [])
            .compactMap { BackupVolume($0, node: node, isShared: isShared) }
            .sorted { ($0.time ?? 0, $0.volume.name) > ($1.time ?? 0, $1.volume.name) }
    }

    /// The call that lists the backups on a storage.
    public static func backupListing(
        on storage: StorageID, of node: NodeName, vmid: VMID?
    ) throws(Failure) -> APICall {
        APICall(
            .get, try APIPath(["nodes", node.rawValue, "storage", storage.rawValue, "content"]),
            [("content", .text("backup"))] + (vmid.map { [("vmid", .integer($0.rawValue))] } ?? []))
    }

    /// The configuration that a backup holds.
    public func configuration(in backup: BackupVolume, asSeenBy node: NodeName) async throws(Failure) -> JSONObject {
        let call = try APICall.get(
            "nodes", node.rawValue, "vzdump", "extractconfig",
            parameters: [("volume", .text(backup.volume.description))])
        var config = JSONObject()
        for line in (try await send(call).data.string ?? "").split(whereSeparator: \.isNewline) {
            // What follows the first section belongs to snapshots.
            if line.hasPrefix("[") { break }
            let halves = line.split(separator: ":", maxSplits: 1)
            guard !line.hasPrefix("#"), halves.count == 2 else { continue }
            config[String(halves[0])] = .string(String(halves[1].drop { $0 == " " }))
        }
        return config
    }
}
