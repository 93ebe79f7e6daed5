// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What goes with a guest that is destroyed, and what stands in the way of it.
struct DestroySurvey: Sendable {
    let call: OperationCall
    let options: Arguments

    private var client: ProxmoxClient { call.environment.client }

    // MARK: - What stands in the way

    /// Refuses what the cluster would refuse, before anything is asked or sent.
    func refuse(_ guest: GuestFacts) async throws(Failure) {
        let force = options.flag("force") == true
        if force, guest.kind == .qemu {
            throw .parameter(
                "options.force", "is for containers; \(guest.vmid) is a virtual machine", hint: "stop it first")
        }
        if guest.isProtected {
            throw failure(
                .protected, guest, "is protected from removal", "pve.protect(nil, \(guest.vmid), false) first")
        }
        if !guest.isStopped, !force {
            throw failure(.conflict, guest, "is \(guest.state); only a stopped guest can be destroyed", "stop it first")
        }
        if let lock = guest.lock {
            throw failure(.locked, guest, "is locked (\(lock))", "wait until what holds it has ended")
        }
        if guest.isHAManaged, options.flag("purge") != true {
            throw failure(
                .haState, guest, "is looked after by high availability",
                "take it out of high availability, or destroy it with purge = true")
        }
        let jobs = await replicationJobs(guest)
        if !jobs.isEmpty {
            throw failure(
                .conflict, guest, "has replication jobs (\(jobs.joined(separator: ", ")))", "remove them first")
        }
        guard guest.isTemplate else { return }
        let users = try await linkedClones(guest)
        guard users.isEmpty else {
            throw failure(
                .conflict, guest,
                "is a template whose disks are in use by linked clones: \(users.joined(separator: ", "))",
                "destroy those first, or make full clones of them")
        }
    }

    /// Guests whose disks are linked to those of a template, told by the names and parents of volumes.
    private func linkedClones(_ guest: GuestFacts) async throws(Failure) -> [String] {
        var users: Set<String> = []
        let disks = GuestDisks.of(guest.config, guest.kind).filter { $0.isMovable }
        for storage in Set(disks.compactMap(\.storage)) {
            let bases = disks.filter { $0.storage == storage }.compactMap { $0.volume?.description }
            let names = bases.compactMap { $0.split { $0 == ":" || $0 == "/" }.last.map(String.init) }
            for row in try await client.volumes(on: storage, of: guest.node) {
                let volume = row["volid"]?.perlText ?? ""
                let parent = row["parent"]?.perlText ?? ""
                let owner = row["vmid"]?.perlInteger ?? VolumeOwner.of(volume)?.rawValue
                guard owner != guest.vmid.rawValue else { continue }
                if bases.contains(where: { volume.hasPrefix($0 + "/") })
                    || names.contains(where: { !parent.isEmpty && parent.contains($0) })
                {
                    users.insert(owner.map { "guest \($0)" } ?? volume)
                }
            }
        }
        return users.sorted()
    }

    private func failure(_ kind: ErrorKind, _ guest: GuestFacts, _ text: String, _ hint: String) -> Failure {
        var failure = Failure(kind, "\(Change.name(guest)) \(text); nothing was sent", hint: hint).about(guest)
        failure.action = "guest.destroy"
        return failure
    }

    // MARK: - What goes with it

    /// What is lost, what it is taken out of and what stays, a sentence each.
    func consequences(_ guest: GuestFacts) async throws(Failure) -> [String] {
        var lines: [String] = []
        let disks = GuestDisks.of(guest.config, guest.kind).filter { disk in
            disk.volume != nil && disk.medium != .cdrom && VolumeOwner.of(disk.file) == guest.vmid
        }
        if !disks.isEmpty { lines.append("destroys " + disks.map(Self.name).joined(separator: ", ")) }
        if options.flag("destroy_unreferenced_disks") == true {
            let strays = await unreferenced(guest, disks)
            lines.append(
                strays.isEmpty ? "finds no other volumes of its number" : "destroys " + strays.joined(separator: ", "))
        }
        let snapshots = try await GuestLookups(call: call).snapshots(of: guest)
        if !snapshots.isEmpty { lines.append("destroys the snapshots " + snapshots.joined(separator: ", ")) }
        let jobs = await backupJobs(guest)
        if options.flag("purge") == true {
            if guest.isHAManaged { lines.append("takes it out of high availability") }
            if !jobs.isEmpty { lines.append("takes it out of the backup jobs " + jobs.joined(separator: ", ")) }
        } else if !jobs.isEmpty {
            lines.append("leaves it in the backup jobs \(jobs.joined(separator: ", ")), which need purge to forget it")
        }
        if let pool = guest.pool, !pool.isEmpty { lines.append("takes it out of the pool \(pool)") }
        lines.append(await backups(guest))
        return lines
    }

    private static func name(_ disk: GuestDisk) -> String {
        "\(disk.key) (\(disk.file)\(disk.size.map { ", \(ByteCountText.of($0))" } ?? ""))"
    }

    /// Volumes that carry the guest's number and that its configuration does not name.
    private func unreferenced(_ guest: GuestFacts, _ disks: [GuestDisk]) async -> [String] {
        let known = Set(disks.map(\.file))
        var strays: [String] = []
        for storage in (try? await client.storages(on: guest.node)) ?? []
        where storage.isActive && !storage.content.isDisjoint(with: ["images", "rootdir"]) {
            for row in (try? await client.volumes(on: storage.storage, of: guest.node, vmid: guest.vmid)) ?? [] {
                guard let volume = row["volid"]?.perlText, !known.contains(volume),
                    ["images", "rootdir"].contains(row["content"]?.perlText ?? "images")
                else { continue }
                strays.append(volume + (row["size"]?.perlInteger.map { " (\(ByteCountText.of($0)))" } ?? ""))
            }
        }
        return strays.sorted()
    }

    private func replicationJobs(_ guest: GuestFacts) async -> [String] {
        let rows = try? await client.send(.get("cluster", "replication")).data.array
        return (rows ?? []).filter { $0["guest"]?.perlInteger == guest.vmid.rawValue }
            .compactMap { $0["id"]?.perlText }.sorted()
    }

    private func backupJobs(_ guest: GuestFacts) async -> [String] {
        let rows = try? await client.send(.get("cluster", "backup")).data.array
        return (rows ?? []).filter { row in
            (row["vmid"]?.perlText ?? "").split(separator: ",").contains { $0 == guest.vmid.description[...] }
        }.compactMap { $0["id"]?.perlText }.sorted()
    }

    /// What stays: destroying a guest never touches its backups.
    private func backups(_ guest: GuestFacts) async -> String {
        var count = 0
        for storage in (try? await client.storages(on: guest.node)) ?? []
        where storage.isActive && storage.content.contains("backup") {
            let rows = (try? await client.volumes(on: storage.storage, of: guest.node, vmid: guest.vmid)) ?? []
            count += rows.count { $0["content"]?.perlText == "backup" }
        }
        return count == 0
            ? "finds no backup of it that could bring it back" : "leaves its \(count) backup\(count == 1 ? "" : "s")"
    }
}
