// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Proxmox

/// Makes a change of a raw call: finds the row it amounts to and the guests it is about.
///
/// A raw call must meet what the operation of the same effect meets, so whatever an operation's row knows of an endpoint (what
/// is lost, what must be true afterwards) holds for the raw call too.
struct RawChange: Sendable {
    let client: ProxmoxClient

    /// - Parameter row: The row of `pve.api`, which stands in where no other row makes this call.
    func change(
        _ call: APICall, row: Endpoint, timeout: Duration, waits: Bool
    ) async throws(Failure) -> Change {
        // Whichever host answers calls itself so: neither policy nor whoever looks for the task could tell which.
        if call.path.segments.starts(with: ["nodes", "localhost"]) {
            throw .parameter("path", "names the node localhost, which is another on every host", hint: "name the node")
        }
        var change = Change(
            endpoint: Self.endpoint(of: call, else: row), call: call, guests: [], timeout: timeout, waits: waits)
        change.isRaw = true
        if change.effect.condition == .snapshotExists {
            change.snapshot = call.text("snapname").flatMap { SnapshotName($0) }
        }
        switch CallTargets.of(call) {
        case .none: break
        case .path(let vmids):
            for vmid in vmids { change.guests.append(try await client.facts(of: vmid)) }
        case .named(let vmids):
            for vmid in vmids {
                if let guest = try await found(vmid) {
                    change.guests.append(guest)
                } else {
                    change.others.append(PolicyGuest(vmid: vmid.rawValue))
                }
            }
        case .unknown: change.others = [PolicyGuest()]
        case .new(let vmid, let kind):
            if let guest = try await found(vmid) {
                change.guests = [guest]
            } else {
                change.others = [Self.newGuest(vmid, kind, call)]
            }
        }
        if let source = change.guests.first, let copy = Self.clone(of: source, call) {
            change.others.append(copy)
            change.makesCopy = true
        }
        let seen = change.guests.map(\.vmid.rawValue) + change.others.compactMap(\.vmid)
        for owner in CallTargets.owners(call) where !seen.contains(owner.rawValue) {
            if let guest = try await found(owner) { change.owners.append(guest) }
        }
        return change
    }

    /// The guest of that number, or nil where there is none.
    private func found(_ vmid: VMID) async throws(Failure) -> GuestFacts? {
        do throws(Failure) {
            return try await client.facts(of: vmid)
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    /// What a guest will be that a call makes; of one that comes out of a backup only what the call sets is known.
    private static func newGuest(_ vmid: VMID, _ kind: GuestKind, _ call: APICall) -> PolicyGuest {
        let isRestore =
            kind == .qemu ? call.text("archive") != nil : ![nil, "0"].contains(call.text("restore"))
        let tags = call.text("tags").map { text in
            text.unicodeScalars.split { ",; \t\n".unicodeScalars.contains($0) }.map(String.init)
        }
        return PolicyGuest(
            vmid: vmid.rawValue, name: call.text(kind == .qemu ? "name" : "hostname") ?? (isRestore ? nil : ""),
            node: call.path.segments.dropFirst().first, pool: call.text("pool") ?? "",
            tags: tags ?? (isRestore ? nil : []), kind: kind, status: "stopped",
            isTemplate: isRestore ? nil : call.text("template") == "1", lock: "", haState: "")
    }

    /// What a guest will be that is made as a copy: all that the call does not set it takes from its source.
    private static func clone(of source: GuestFacts, _ call: APICall) -> PolicyGuest? {
        guard let made = CallTrace(call)?.made, call.path.segments.last == "clone" else { return nil }
        return PolicyGuest(
            vmid: made.vmid.rawValue, name: call.text(source.kind == .qemu ? "name" : "hostname"),
            node: made.node.rawValue, pool: call.text("pool") ?? "", tags: source.tags, kind: source.kind,
            status: "stopped", isTemplate: false, lock: "", haState: "")
    }

    // MARK: - The row

    /// The row of an operation that makes the same call, or one that knows no more than the call's action.
    static func endpoint(of call: APICall, else row: Endpoint) -> Endpoint {
        let path = call.path.segments
        // Of several rows of one path, as for the volumes of a storage, only that of the same action knows this call.
        let actions = ActionClassifier.actions(of: call)
        let known = OperationTable.all.flatMap(\.endpoints).filter { row in
            row.method == call.method.rawValue && matches(row, path)
                && Action(row.action).map(actions.contains) ?? false
                && row.with.allSatisfy { name, value in call.text(name).map { value == "*" || $0 == value } ?? false }
        }.max { $0.with.count < $1.with.count }
        guard let known else {
            var row = row
            row.path = call.path.description
            row.action = ActionClassifier.actions(of: call).min()?.rawValue ?? Action.unknown.rawValue
            return row
        }
        return known
    }

    private static func matches(_ row: Endpoint, _ path: [String]) -> Bool {
        let template = row.path.split(separator: "/")
        // A volume's name holds slashes of its own.
        guard template.count == path.count || template.last == "{volume}" && path.count > template.count else {
            return false
        }
        return zip(template, path).allSatisfy { part, segment in
            if part == "{kind}" { return GuestKind(rawValue: segment).map(row.kinds.contains) ?? false }
            return part.hasPrefix("{") || part == segment
        }
    }
}

/// Which guests a raw call is about, told from what the server will go by: path and parameters.
enum CallTargets: Hashable {
    /// About no guest, or about some that it does not name.
    case none
    /// About guests that it names in a way that cannot be told, or too many to read each.
    case unknown
    /// The guest of the path, and the one that its disk goes to.
    case path([VMID])
    /// Guests that parameters name.
    case named([VMID])
    /// A guest that is to be made, or written over.
    case new(VMID, GuestKind)

    /// More guests than this are not read one by one; policy takes them for unknown.
    private static let most = 64

    static func of(_ call: APICall) -> CallTargets {
        let path = call.path.segments
        if let vmid = call.path.vmid {
            return .path([vmid] + (list(call.text("target-vmid")) ?? []).filter { $0 != vmid })
        }
        switch path.first {
        case "nodes" where path.count == 3:
            if let kind = GuestKind(rawValue: path[2]) {
                return list(call.text("vmid"))?.first.map { .new($0, kind) } ?? .unknown
            }
            // `pool`, `all` and `exclude` pick guests by other means.
            let picks = ["all", "pool", "exclude"].contains { call.text($0).map { $0 != "0" } ?? false }
            if path[2] == "vzdump" { return picks ? .unknown : named(call.text("vmid")) }
            return ["startall", "stopall", "suspendall", "migrateall"].contains(path[2])
                ? every(call.text("vms")) : .none
        case "nodes" where path.count == 5 && path[2] == "storage" && path[4] == "content":
            return named(call.text("vmid"))
        case "nodes" where path.count == 5 && path[2] == "storage" && path[4] == "prunebackups":
            return every(call.text("vmid"))
        case "nodes" where path.count == 4 && path[2] == "tasks":
            return UPID(path[3]).flatMap { Int($0.id) }.flatMap { VMID($0) }.map { .named([$0]) } ?? .none
        case "nodes" where path.count >= 6 && path[2] == "storage" && path[4] == "content":
            return VolumeOwner.of(path.dropFirst(5).joined(separator: "/")).map { .named([$0]) } ?? .none
        case "cluster" where path.starts(with: ["cluster", "bulk-action", "guest"]): return every(call.text("vms"))
        case "cluster" where path.starts(with: ["cluster", "backup"]):
            // A job does nothing now; of one that names no guests policy hears as of a guest nobody knows.
            return named(call.text("vmid"))
        case "cluster" where path.starts(with: ["cluster", "ha", "resources"]):
            let sid = path.count > 3 ? path[3] : call.text("sid") ?? ""
            return named(String(sid[(sid.firstIndex(of: ":").map(sid.index(after:)) ?? sid.startIndex)...]))
        case "pools": return named(call.text("vms"))
        default: return .none
        }
    }

    private static func named(_ text: String?) -> CallTargets {
        guard let vmids = list(text), vmids.count <= most else { return .unknown }
        return vmids.isEmpty ? .none : .named(vmids)
    }

    /// As ``named(_:)``, for a call that takes all guests there are where it names none.
    private static func every(_ text: String?) -> CallTargets {
        let targets = named(text)
        return targets == .none ? .unknown : targets
    }

    /// The guests whose volumes a call gives to the guest that it makes or configures, the backup that it is made of included.
    static func owners(_ call: APICall) -> [VMID] {
        let path = call.path.segments
        guard path.first == "nodes", path.count > 2, GuestKind(rawValue: path[2]) != nil,
            path.count == 3 || path.count == 5 && path[4] == "config"
        else { return [] }
        let named = ["rootfs", "cdrom", "archive", "ostemplate"]
        let owners = call.parameters.filter { named.contains($0.name) || $0.name.last?.isNumber == true }
            .flatMap(\.value.texts).flatMap { $0.split(separator: ",") }.compactMap { part in
                VolumeOwner.of(String(part[(part.firstIndex(of: "=").map(part.index(after:)) ?? part.startIndex)...]))
            }
        return Set(owners).sorted { $0.rawValue < $1.rawValue }
    }

    /// The numbers of a list, split as PVE::Tools::split_list does; nil where one of them is no vmid.
    private static func list(_ text: String?) -> [VMID]? {
        let parts = (text ?? "").unicodeScalars.split { ",; \t\n\r\u{0B}\u{0C}\0".unicodeScalars.contains($0) }
        let vmids = parts.map { Int(String($0)).flatMap { VMID($0) } }
        return vmids.contains(nil) ? nil : Array(Set(vmids.compactMap(\.self))).sorted { $0.rawValue < $1.rawValue }
    }
}

/// The guest that a volume belongs to, by its name.
enum VolumeOwner {
    /// Reads `vzdump-qemu-101-…`, `vm-101-disk-0`, `backup/vm/101/…` of a backup server; nil for anything else.
    static func of(_ volume: String) -> VMID? {
        // A storage's name holds no slash: the colons of a backup server's times belong to the volume.
        let colon = volume.firstIndex { $0 == ":" || $0 == "/" }.flatMap { volume[$0] == ":" ? $0 : nil }
        let name = colon.map { String(volume[volume.index(after: $0)...]) } ?? volume
        let parts = name.split(separator: "/").map(String.init)
        if parts.count >= 4, parts[0] == "backup", ["vm", "ct"].contains(parts[1]) { return vmid(parts[2]) }
        let words = (parts.last ?? "").split(separator: "-").map(String.init)
        if words.count >= 3, words[0] == "vzdump", ["qemu", "lxc"].contains(words[1]) { return vmid(words[2]) }
        if words.count >= 3, ["vm", "base", "subvol", "basevol"].contains(words[0]) { return vmid(words[1]) }
        // A directory's images lie in a folder of the guest's number, whatever their name.
        return parts.count >= 2 ? vmid(parts[parts.count - 2]) : nil
    }

    private static func vmid(_ text: String) -> VMID? { Int(text).flatMap { VMID($0) } }
}

extension APICall {
    /// A parameter as the text that is sent, lists joined by commas; nil where it is not given.
    func text(_ name: String) -> String? {
        parameters.first { $0.name == name }.map { $0.value.texts.joined(separator: ",") }
    }
}
