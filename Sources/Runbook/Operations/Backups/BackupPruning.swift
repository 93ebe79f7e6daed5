// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

extension BackupHandlers {
    private typealias Row = BackupPruning.Row

    static func prune(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let pruning = try BackupPruning(call)
        if call.arguments.options().flag("preview") == true { return .array(try await pruning.preview().map(\.json)) }
        // What is gone since is listed no more, and was to go all the same.
        let marked = try await call.memo("marks") { () throws(Failure) in
            .array(try await pruning.preview().map(\.json))
        }
        let rows = (marked.array ?? []).compactMap { Row($0) }
        return .array(try await pruning.carryOut(rows).map(\.json))
    }
}

/// Thinning out backups by Proxmox's own rule: what goes is asked first, and what goes is looked at afterwards.
struct BackupPruning: Sendable {
    /// One backup and what becomes of it.
    struct Row: Sendable {
        let volume: VolumeID
        let vmid: VMID?
        let kind: GuestKind?
        let time: Int?
        let node: NodeName
        /// `keep`, `remove`, `protected`, `renamed`; `removed` once it is gone.
        var action: String

        var json: JSONValue {
            var object = JSONObject([
                ("volid", .string(volume.description)), ("storage", .string(volume.storage.rawValue)),
                ("node", .string(node.rawValue)), ("action", .string(action)),
            ])
            if let vmid { object["vmid"] = JSONValue(vmid.rawValue) }
            if let kind { object["kind"] = .string(kind.rawValue) }
            if let time { object["time"] = JSONValue(time) }
            return .object(object)
        }
    }

    private struct Group: Hashable {
        let storage: StorageID
        let node: NodeName
        let vmid: VMID
        let kind: GuestKind
    }

    private let call: OperationCall
    private let options: Arguments
    /// As Proxmox writes it: `keep-last=3,keep-daily=7`.
    private let rule: String

    init(_ call: OperationCall) throws(Failure) {
        self.call = call
        options = call.arguments.options()
        let keep = options.options("keep")
        let counts = RetentionUnits.names.compactMap { unit in keep.integer(unit).map { (unit, $0) } }
        guard counts.contains(where: { $0.1 > 0 }) else {
            throw .parameter(
                "options.keep", "says to keep nothing at all; that would remove everything",
                hint: "name at least one: { last = 3, daily = 7 }")
        }
        rule = counts.map { "keep-\($0)=\($1)" }.joined(separator: ",")
    }

    private var guest: VMID? { call.arguments.vmid("guest") ?? options.vmid("guest") }

    /// What Proxmox says would become of each backup.
    func preview() async throws(Failure) -> [Row] {
        let places = try await BackupPlaces.read(call, storage: options.text("storage"), node: options.node())
        let (answers, unreachable) = try await places.each { (place, node) throws(Failure) in
            try await marks(place.storage, node, guest)
        }
        if !unreachable.isEmpty {
            call.environment.output.log(
                .warning, "nothing is pruned on these storages: \(unreachable.joined(separator: ", "))")
        }
        return answers.flatMap(\.self).sorted {
            ($0.vmid?.rawValue ?? 0, -($0.time ?? 0), $0.volume.name) < (
                $1.vmid?.rawValue ?? 0, -($1.time ?? 0), $1.volume.name
            )
        }
    }

    private func marks(_ storage: StorageID, _ node: NodeName, _ guest: VMID?) async throws(Failure) -> [Row] {
        var request = APICall(.get, try path(storage, node), [("prune-backups", .text(rule))])
        if let guest { request.parameters.append(.init("vmid", .integer(guest.rawValue))) }
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        return (answer.array ?? []).compactMap { row in
            guard let volume = row["volid"]?.perlText.flatMap(VolumeID.init) else { return nil }
            return Row(
                volume: volume, vmid: row["vmid"]?.perlInteger.flatMap(VMID.init),
                kind: row["type"]?.perlText.flatMap(GuestKind.init), time: row["ctime"]?.perlInteger, node: node,
                action: row["mark"]?.perlText ?? "keep")
        }
    }

    private func path(_ storage: StorageID, _ node: NodeName) throws(Failure) -> APIPath {
        try APIPath(["nodes", node.rawValue, "storage", storage.rawValue, "prunebackups"])
    }

    /// Prunes guest by guest, so that policy hears of each.
    func carryOut(_ rows: [Row]) async throws(Failure) -> [Row] {
        var rows = rows
        var groups: [Group] = []
        var members: [Group: [Int]] = [:]
        for (index, row) in rows.enumerated() where row.action == "remove" {
            guard let vmid = row.vmid, let kind = row.kind else { continue }
            let group = Group(storage: row.volume.storage, node: row.node, vmid: vmid, kind: kind)
            if members[group] == nil { groups.append(group) }
            members[group, default: []].append(index)
        }
        var done: [String] = []
        for group in groups {
            let indices = members[group] ?? []
            let going = indices.map { rows[$0] }
            do throws(Failure) {
                try await remove(group, going)
            } catch {
                guard !done.isEmpty else { throw error }
                var failure = error
                failure.message += "; done before: \(done.joined(separator: ", "))"
                throw failure
            }
            done.append("\(going.count) of guest \(group.vmid) on \(group.storage)")
            for index in indices { rows[index].action = "removed" }
        }
        return rows
    }

    private func remove(_ group: Group, _ going: [Row]) async throws(Failure) {
        let request = APICall(
            .delete, try path(group.storage, group.node),
            [
                ("prune-backups", .text(rule)), ("vmid", .integer(group.vmid.rawValue)),
                ("type", .text(group.kind.rawValue)),
            ])
        var change = try await call.change(request)
        let names = going.prefix(5).map { $0.time.map(TimeText.moment) ?? $0.volume.name }.joined(separator: ", ")
        change.consequences = [
            "\(going.count) \(going.count == 1 ? "backup" : "backups") of guest \(group.vmid) on \(group.storage) removed for good: \(names)"
                + (going.count > 5 ? " …" : "")
        ]
        change.report = { (_) throws(Failure) in
            let left = Set(try await marks(group.storage, group.node, group.vmid).map(\.volume))
            let stayed = going.map(\.volume).filter(left.contains)
            guard stayed.isEmpty else {
                throw Failure(
                    .taskFailed,
                    "the task ended well, but these are still there: "
                        + stayed.map(\.description).joined(separator: ", "))
            }
            return JSONObject([("removed", JSONValue(going.count)), ("verified", true)])
        }
        _ = try await call.gate.change(change)
    }
}

extension BackupPruning.Row {
    /// Reads what ``json`` wrote.
    fileprivate init?(_ row: JSONValue) {
        guard let volume = row["volid"]?.string.flatMap(VolumeID.init), let action = row["action"]?.string,
            let node = row["node"]?.string.flatMap({ NodeName($0) })
        else { return nil }
        self.init(
            volume: volume, vmid: row["vmid"]?.perlInteger.flatMap(VMID.init),
            kind: row["type"]?.string.flatMap(GuestKind.init) ?? row["kind"]?.string.flatMap(GuestKind.init),
            time: row["time"]?.perlInteger, node: node, action: action)
    }
}
