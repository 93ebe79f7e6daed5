// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

extension MigrationJudge {
    /// Copying disks of a running guest must be asked for: it may take hours.
    func localDisks() -> [MigrationReason] {
        let local = sight.localDisks.filter { $0.medium == .disk }
        guard guest.kind == .qemu, !guest.isStopped, !options.withLocalDisks, !guest.isHAManaged, !local.isEmpty else {
            return []
        }
        let names = local.map { "\($0.key) on \($0.storage?.rawValue ?? $0.file)" }.joined(separator: ", ")
        return [
            MigrationReason(
                .localDisks, "is needed: it runs with disks that only \(guest.node) has (\(names))",
                hint: "pass with_local_disks = true to copy them while it runs", field: "options.with_local_disks")
        ]
    }

    /// Each disk needs a storage on the target: its own where that is shared, else the one that it is copied to.
    func storages() -> [MigrationReason] {
        guard let there = target.storages else { return [] }
        var reasons: [MigrationReason] = []
        for source in options.storages.sources where !sight.disks.contains(where: { $0.storage == source }) {
            reasons.append(
                MigrationReason(
                    .storage, "names \(source), where the guest has no disk", field: "options.target_storage"))
        }
        var needed: [StorageID: Int] = [:]
        let check = StorageCheck(node: target.node, storages: there)
        for disk in sight.disks where disk.volume != nil && disk.medium != .cdrom {
            guard let source = disk.storage else { continue }
            let isCopied = sight.localDisks.contains(disk)
            let wanted = isCopied ? options.storages.target(of: source) : source
            // What may not be seen here may not be seen there either; the server knows.
            if disk.isDeclaredShared || wanted == source && !sight.here.contains(where: { $0.storage == source }) {
                continue
            }
            do throws(Failure) {
                try check.require(wanted.rawValue, holds: guest.kind == .qemu ? "images" : "rootdir") {
                    Failure(.storageUnavailable, $0, hint: $1)
                }
                if isCopied { needed[wanted, default: 0] += sight.size(of: disk) ?? 0 }
            } catch {
                let field = wanted == source ? "target" : "options.target_storage"
                reasons.append(
                    MigrationReason(.storage, "\(disk.key) \(error.message)", hint: error.hint, field: field))
            }
        }
        for (storage, bytes) in needed.sorted(by: { $0.key < $1.key }) {
            guard let free = check.named(storage.rawValue)?.available, bytes > free else { continue }
            reasons.append(
                MigrationReason(
                    .space,
                    "its disks need \(ByteCountText.of(bytes)) on \(storage) of \(target.node), which has "
                        + "\(ByteCountText.of(free)) free", hint: "choose another with target_storage"))
        }
        return reasons
    }

    /// Snapshots on a local disk go along only offline, and only from storages that can send them
    /// (PVE::QemuMigrate, PVE::LXC::Migrate).
    func snapshots() -> [MigrationReason] {
        guard !sight.snapshots.isEmpty else { return [] }
        let held = sight.localDisks.filter { disk in
            guard disk.medium == .disk, let storage = disk.storage else { return false }
            if guest.kind == .qemu, !guest.isStopped { return true }
            let type = sight.here.first { $0.storage == storage }?.type
            return type != "zfspool" && type != "btrfs" && !(guest.kind == .qemu && disk.file.hasSuffix(".qcow2"))
        }
        guard !held.isEmpty else { return [] }
        return [
            MigrationReason(
                .snapshots,
                "it has snapshots (\(sight.snapshots.joined(separator: ", "))) on "
                    + held.map(\.key).joined(separator: ", ") + ", which only \(guest.node) has",
                hint: "delete them first, or move the disk to a shared storage")
        ]
    }

    /// A running guest may come to need all the memory it is given.
    func memory() -> [MigrationReason] {
        guard !guest.isStopped, let free = target.freeMemory, sight.memory > free else { return [] }
        return [
            MigrationReason(
                .memory,
                "it may use \(ByteCountText.of(sight.memory)) of memory, and \(target.node) has "
                    + "\(ByteCountText.of(free)) free",
                hint: "choose another node, or pass check = false where memory may be promised twice")
        ]
    }
}
