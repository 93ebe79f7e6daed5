// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Backups and what becomes of them.
enum BackupHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "backup": backup,
        "backups": backups,
        "storage_backups": backups,
        "backup_delete": delete,
        "backup_protect": protect,
        "backup_notes": notes,
        "backup_prune": prune,
        "restore": restore,
        "restore_over": restoreOver,
    ]

    /// How long a backup or a restore may take where nobody says: four hours, or longer where all tasks may.
    static func patience(_ call: OperationCall) -> Duration {
        max(call.environment.settings.taskTimeout, .seconds(14_400))
    }

    static func backup(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let check = try await StorageCheck.read(guest.node, call)
        if let name = call.arguments.options().text("storage") {
            let storage = try check.require(name, holds: "backup") { .parameter("options.storage", $0, hint: $1) }
            return try await BackupCreation(call: call, guest: guest, storage: storage).run()
        }
        let fitting = check.storages.filter { $0.isActive && $0.isEnabled && $0.content.contains("backup") }
        let best = fitting.max { left, right in
            (left.isShared ? 1 : 0, left.available ?? 0) < (right.isShared ? 1 : 0, right.available ?? 0)
        }
        guard let best else {
            throw .parameter(
                "options.storage", "cannot be chosen: \(guest.node) has no storage for backups that it can reach now")
        }
        return try await BackupCreation(call: call, guest: guest, storage: best).run()
    }

    static func backups(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let catalogue = try await BackupCatalogue.read(
            call, storage: call.arguments.text("storage") ?? options.text("storage"), node: options.node(),
            guest: call.arguments.vmid("guest") ?? options.vmid("guest"))
        try await tell(catalogue.unreachable, call, strict: options.flag("strict") ?? false)
        if catalogue.backups.isEmpty { await BackupPrivilegeNote(call: call).tell() }
        let now = call.environment.now()
        let wanted = options.flag("protected")
        return .array(
            catalogue.backups.filter { wanted == nil || wanted == $0.isProtected }.map { $0.json(now: now) })
    }

    /// What could not be looked at is never passed over in silence.
    private static func tell(_ unreachable: [String], _ call: OperationCall, strict: Bool) async throws(Failure) {
        guard !unreachable.isEmpty else { return }
        let text = "these storages could not be looked at: \(unreachable.joined(separator: ", "))"
        if strict {
            throw Failure(
                .storageUnavailable, text, hint: "without strict = true the others are listed and this is a warning")
        }
        call.environment.output.log(.warning, "\(text); backups on them are missing from the list")
    }

    static func restore(_ call: OperationCall) async throws(Failure) -> JSONValue {
        try await Restoration.begin(call).toNewGuest()
    }

    static func restoreOver(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest())
        return try await Restoration.begin(call, over: guest).over(guest)
    }
}

/// Tells a person when a list of backups is empty because none may be seen.
struct BackupPrivilegeNote {
    let call: OperationCall

    /// Asks once a run; what cannot be asked is not told.
    func tell() async {
        guard await call.gate.run.isFirst("no backups"),
            let permissions = try? await call.environment.client.permissions()
        else { return }
        let needs = [
            PrivilegeNeed(["VM.Backup"], at: .guest), PrivilegeNeed(["Datastore.AllocateSpace"], at: .storage),
        ]
        guard let missing = needs.first(where: { permissions.reach(of: $0) == .nowhere }) else { return }
        call.environment.output.log(
            .warning,
            "there may be backups that this identity cannot see: it has no \(missing.privileges) anywhere")
    }
}
