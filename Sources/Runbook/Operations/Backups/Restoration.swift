// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Making a guest of a backup: a new one, or one in the place of an existing one.
struct Restoration: Sendable {
    let call: OperationCall
    let options: Arguments
    let backup: BackupVolume
    let kind: GuestKind
    /// Where the guest will be.
    let node: NodeName
    /// Whether the guest that the backup was made of is there still.
    let hasOwner: Bool

    /// Finds the backup and the node, and refuses storages that cannot take the disks.
    ///
    /// - Parameter existing: The guest that is to be written over; nil where a new one is made.
    static func begin(_ call: OperationCall, over existing: GuestFacts? = nil) async throws(Failure) -> Restoration {
        let options = call.arguments.options()
        try GuestLookups.checkName(options.text("name"), field: "options.name")
        let wanted = existing?.node ?? options.node()
        let backup = try await BackupCatalogue.find(
            call.arguments.text("backup") ?? "", node: wanted, call, field: "backup")
        guard let kind = backup.kind else {
            throw .parameter("backup", "is \(backup.volume), whose name does not say of what it is a backup")
        }
        let guests = try await call.resources(.vm)
        let owner = guests.first { $0.vmid == backup.vmid && backup.vmid != nil }
        let home = owner?.node.flatMap { node in
            guests.contains { $0.node == node && $0.status != "unknown" } ? node : nil
        }
        return Restoration(
            call: call, options: options, backup: backup, kind: kind,
            node: wanted ?? (backup.isShared ? home : nil) ?? backup.node, hasOwner: owner != nil)
    }

    private var timeout: Duration { options.seconds("timeout") ?? BackupHandlers.patience(call) }
    private var starts: Bool { options.flag("start") ?? false }

    // MARK: - A new guest

    func toNewGuest() async throws(Failure) -> JSONValue {
        let config = await configuration()
        let storage = try await fittingStorage(config)
        return try await FreeVMID(call: call).make(options.vmid("vmid"), field: "options.vmid") {
            (vmid) throws(Failure) in
            // Two guests of one MAC address disturb each other.
            var change = try await change(vmid, storage, unique: options.flag("unique") ?? hasOwner)
            // What the backup holds decides what the new guest will be, and policy may be told.
            guard change.guests.isEmpty || call.hasBegun else {
                throw Failure(.conflict, "guest \(vmid) already exists; nothing was sent")
            }
            if let config { change.others = [newGuest(vmid, config)] }
            change.report = { (_) throws(Failure) in try await report(vmid) }
            do throws(Failure) {
                return try await call.gate.change(change).json(change, ofNew: vmid)
            } catch {
                throw await leavingBehind(vmid, error)
            }
        }
    }

    /// A restore that fails leaves the guest's configuration where it was begun (pve-facts §5).
    private func leavingBehind(_ vmid: VMID, _ error: Failure) async -> Failure {
        guard error.upid != nil, error.kind != .taskTimeout, error.kind != .cancelled || error.raw != nil,
            let left = try? await call.environment.client.facts(of: vmid)
        else { return error }
        var failure = error
        failure.message += "; guest \(vmid) was left on \(left.node), incomplete"
        failure.hint = "remove guest \(vmid) before trying again, and read the task's log"
        return failure
    }

    // MARK: - Over an existing one

    func over(_ guest: GuestFacts) async throws(Failure) -> JSONValue {
        guard guest.kind == kind else {
            throw .parameter(
                "backup",
                "is one of a \(kind == .qemu ? "virtual machine" : "container"), and guest \(guest.vmid) is "
                    + (guest.kind == .qemu ? "a virtual machine" : "a container"))
        }
        try refuse(guest)
        let storage = try await fittingStorage(await configuration())
        var change = try await change(guest.vmid, storage, unique: options.flag("unique") ?? false, over: true)
        change.consequences = try await consequences(guest)
        change.weigh = { (guest) throws(Failure) in
            try refuse(guest)
            return try await consequences(guest)
        }
        change.report = { (_) throws(Failure) in try await report(guest.vmid) }
        return try await call.gate.change(change).json(change)
    }

    private func refuse(_ guest: GuestFacts) throws(Failure) {
        func refusal(_ kind: ErrorKind, _ text: String, _ hint: String) -> Failure {
            Failure(kind, "guest \(guest.vmid) \(text); nothing was sent", hint: hint).about(guest)
        }
        guard guest.isStopped else {
            throw refusal(
                .conflict, "is \(guest.state); only a stopped guest can be written over", "shut it down first")
        }
        if guest.isProtected {
            throw refusal(.protected, "is protected", "switch the guest's protection off first")
        }
    }

    private func consequences(_ guest: GuestFacts) async throws(Failure) -> [String] {
        let now = call.environment.now()
        let disks = GuestDisks.of(guest.config, guest.kind).filter { $0.volume != nil && $0.medium != .cdrom }
        let sizes = disks.map { disk in "\(disk.key)" + (disk.size.map { " (\(ByteCountText.of($0)))" } ?? "") }
        var lines: [String] = []
        if let vmid = backup.vmid, vmid != guest.vmid {
            lines.append("the backup is one of guest \(vmid), not of \(guest.vmid)")
        }
        if !sizes.isEmpty { lines.append("its disks are removed for good: \(sizes.joined(separator: ", "))") }
        let snapshots = try await SnapshotHandlers.tree(call, guest).snapshots.map(\.name)
        if !snapshots.isEmpty {
            lines.append("its snapshots are removed with them: \(snapshots.joined(separator: ", "))")
        }
        lines.append("it becomes what \(backup.described(now: now)) holds; whatever is newer is lost")
        return lines
    }

    // MARK: - The call

    private func change(
        _ vmid: VMID, _ storage: String?, unique: Bool, over: Bool = false
    ) async throws(Failure) -> Change {
        var list: [(name: String, value: APIParameter)] = [("vmid", .integer(vmid.rawValue))]
        switch kind {
        case .qemu: list.append(("archive", .text(backup.volume.description)))
        case .lxc: list += [("ostemplate", .text(backup.volume.description)), ("restore", .boolean(true))]
        }
        if over { list.append(("force", .boolean(true))) }
        if let storage { list.append(("storage", .text(storage))) }
        if unique { list.append(("unique", .boolean(true))) }
        if starts { list.append(("start", .boolean(true))) }
        if let name = options.text("name") { list.append((kind == .qemu ? "name" : "hostname", .text(name))) }
        if let pool = options.text("pool") { list.append(("pool", .text(pool))) }
        if let limit = options.integer("bwlimit") { list.append(("bwlimit", .integer(limit))) }
        return try await call.change(
            APICall(.post, try APIPath(["nodes", node.rawValue, kind.rawValue]), list), timeout: timeout)
    }

    /// The start is a task of its own, of which the restore's says nothing (pve-facts §5).
    private func report(_ vmid: VMID) async throws(Failure) -> JSONObject {
        var details = JSONObject([("vmid", JSONValue(vmid.rawValue)), ("backup", .string(backup.volume.description))])
        let reference = GuestReference(vmid: vmid, kind: kind, node: node)
        do throws(Failure) {
            let effect = ExpectedEffect(starts ? .running : .exists)
            let report = try await call.environment.client.verify(effect, of: reference)
            if let facts = report.facts {
                details["name"] = .string(facts.name)
                details["status"] = .string(facts.state)
            }
            return details
        } catch {
            var failure = error
            failure.message = "the backup was restored as guest \(vmid), but: \(error.message)"
            throw failure
        }
    }
}
