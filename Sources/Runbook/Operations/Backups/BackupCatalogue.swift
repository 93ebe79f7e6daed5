// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// The backups that can be seen now, and what could not be looked at.
struct BackupCatalogue: Sendable {
    /// Newest first.
    let backups: [BackupVolume]
    let unreachable: [String]

    static func read(
        _ call: OperationCall, storage: String?, node: NodeName?, guest: VMID?, field: String = "options.storage"
    ) async throws(Failure) -> BackupCatalogue {
        let places = try await BackupPlaces.read(call, storage: storage, node: node, field: field)
        let (answers, unreachable) = try await places.each { (place, node) throws(Failure) in
            let request = try ProxmoxClient.backupListing(on: place.storage, of: node, vmid: guest)
            return try await call.gate.read(request) { client throws(Failure) in
                try await client.backups(on: place.storage, of: node, isShared: place.isShared, vmid: guest)
            }
        }
        let all = answers.flatMap(\.self).filter { guest == nil || $0.vmid == guest }
        return BackupCatalogue(
            backups: all.sorted { ($0.time ?? 0, $0.volume.name) > ($1.time ?? 0, $1.volume.name) },
            unreachable: unreachable)
    }

    /// The backup of that name, or an error that says why there is none.
    ///
    /// - Parameter node: The node that must be able to reach it; nil for any.
    static func find(
        _ text: String, node: NodeName?, _ call: OperationCall, field: String
    ) async throws(Failure) -> BackupVolume {
        guard let volume = VolumeID(text), volume.content == "backup" else {
            throw .parameter(
                field, "is \(TextExcerpt.of(text)), which is no backup", hint: "pve.backups() tells which there are")
        }
        let catalogue = try await read(
            call, storage: volume.storage.rawValue, node: node, guest: nil, field: field)
        if let backup = catalogue.backups.first(where: { $0.volume == volume }) { return backup }
        let place = node.map { " that \($0) can reach" } ?? ""
        if !catalogue.unreachable.isEmpty {
            throw Failure(
                .storageUnavailable,
                "\(volume) was not found; not all could be looked at: \(catalogue.unreachable.joined(separator: ", "))")
        }
        throw Failure(
            .notFound, "there is no backup \(volume)\(place)",
            hint: "pve.backups() tells which there are; a backup shows only to those with VM.Backup on its guest")
    }

    /// The backup as it is now; nil where it is gone. For looking whether a change had its effect.
    static func now(_ backup: BackupVolume, _ client: ProxmoxClient) async throws(Failure) -> BackupVolume? {
        do throws(Failure) {
            return try await client.backups(on: backup.volume.storage, of: backup.node, isShared: backup.isShared)
                .first { $0.volume == backup.volume }
        } catch {
            var failure = error
            failure.kind = .outcomeUnknown
            failure.message = "it was carried out, but the storage cannot be looked at: \(error.message)"
            throw failure
        }
    }
}

extension BackupVolume {
    /// The backup as scripts see it.
    func json(now: Double) -> JSONValue {
        var object = JSONObject([
            ("volid", .string(volume.description)), ("storage", .string(volume.storage.rawValue)),
            ("node", .string(node.rawValue)), ("shared", .bool(isShared)), ("size", JSONValue(size)),
            ("format", .string(format)), ("protected", .bool(isProtected)), ("notes", .string(notes)),
        ])
        if let vmid { object["vmid"] = JSONValue(vmid.rawValue) }
        if let kind { object["kind"] = .string(kind.rawValue) }
        if let time {
            object["time"] = JSONValue(time)
            object["age"] = JSONValue(max(0, Int(now) - time))
        }
        if let verification { object["verification"] = .string(verification) }
        if isEncrypted { object["encrypted"] = true }
        return .object(object)
    }

    /// Such as `the backup of 2026-11-21 01:00:00 UTC (34 h ago)`.
    func described(now: Double) -> String {
        guard let time else { return "the backup \(volume)" }
        return "the backup of \(TimeText.moment(time)) (\(TimeText.span(Int(now) - time)) ago)"
    }
}
