// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Removing a backup, protecting it and writing notes on it.
extension BackupHandlers {
    /// How often a storage is looked at before a backup that should be gone counts as being there.
    private static let looks = 5

    static func delete(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let backup = try await find(call)
        if backup.isProtected {
            var failure = Failure(
                .protected, "\(backup.volume) is protected; nothing was sent",
                hint: "take its protection away first: pve.backup_protect(backup, false)")
            failure.vmid = backup.vmid?.rawValue
            throw failure
        }
        let others = try await BackupCatalogue.read(call, storage: nil, node: nil, guest: backup.vmid).backups
            .filter { $0.volume != backup.volume && $0.vmid == backup.vmid }
        var change = try await call.change(APICall(.delete, try path(backup)))
        change.consequences = [consequence(backup, others, call.environment.now())]
        change.report = { (_) throws(Failure) in
            for look in 0..<looks {
                if look > 0 { try? await call.environment.client.clock.sleep(for: .seconds(1)) }
                if try await BackupCatalogue.now(backup, call.environment.client) == nil {
                    return JSONObject([("volid", .string(backup.volume.description)), ("verified", true)])
                }
            }
            throw Failure(.taskFailed, "the task ended well, but \(backup.volume) is still there")
        }
        return try await call.gate.change(change).json(change)
    }

    private static func consequence(_ backup: BackupVolume, _ others: [BackupVolume], _ now: Double) -> String {
        let owner = backup.vmid.map { "guest \($0)" } ?? "a guest that nobody names"
        let size = ByteCountText.of(backup.size)
        let what = "\(backup.described(now: now)) of \(owner), \(size), is removed for good"
        if others.isEmpty { return "\(what); it is the only one that can be seen" }
        let isNewest = others.allSatisfy { ($0.time ?? 0) < (backup.time ?? 0) }
        return "\(what); \(others.count == 1 ? "1 other stays" : "\(others.count) others stay")"
            + (isNewest ? (others.count == 1 ? ", an older one" : ", all of them older") : "")
    }

    static func protect(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let backup = try await find(call)
        let wanted = call.arguments.flag("on") ?? true
        if backup.isProtected == wanted {
            return .object(
                JSONObject([
                    ("changed", false), ("action", "backup.config"), ("volid", .string(backup.volume.description)),
                    ("protected", .bool(wanted)), ("verified", true), ("warnings", 0),
                ]))
        }
        var change = try await call.change(
            APICall(.put, try path(backup), [("protected", .boolean(wanted))]))
        if !wanted {
            change.consequences = ["\(backup.described(now: call.environment.now())) can be removed and pruned then"]
        }
        change.report = { (_) throws(Failure) in
            guard try await BackupCatalogue.now(backup, call.environment.client)?.isProtected == wanted else {
                throw Failure(
                    .taskFailed, "\(backup.volume) is \(wanted ? "not protected" : "still protected") all the same",
                    hint: "not every storage can protect backups")
            }
            return JSONObject([
                ("volid", .string(backup.volume.description)), ("protected", .bool(wanted)), ("verified", true),
            ])
        }
        return try await call.gate.change(change).json(change)
    }

    static func notes(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let backup = try await find(call)
        let notes = call.arguments.text("notes") ?? ""
        var change = try await call.change(APICall(.put, try path(backup), [("notes", .text(notes))]))
        change.report = { (_) throws(Failure) in
            let first = notes.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            guard try await BackupCatalogue.now(backup, call.environment.client)?.notes == first else {
                throw Failure(.taskFailed, "the notes on \(backup.volume) are not what was written")
            }
            return JSONObject([("volid", .string(backup.volume.description)), ("verified", true)])
        }
        return try await call.gate.change(change).json(change)
    }

    // MARK: - What they share

    private static func find(_ call: OperationCall) async throws(Failure) -> BackupVolume {
        try await BackupCatalogue.find(
            call.arguments.text("backup") ?? "", node: call.arguments.options().node(), call, field: "backup")
    }

    private static func path(_ backup: BackupVolume) throws(Failure) -> APIPath {
        try APIPath([
            "nodes", backup.node.rawValue, "storage", backup.volume.storage.rawValue, "content",
            backup.volume.description,
        ])
    }
}
