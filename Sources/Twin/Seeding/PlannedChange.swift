// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Simulator

/// A write as far as the twin must know what it concerns before it can take it.
struct PlannedChange: Sendable {
    /// A guest, where the path tells that, with its place.
    struct Guest: Sendable, Hashable {
        var vmid: Int
        var node: String?
        var kind: GuestKind?
    }

    let method: HTTPMethod
    let segments: [String]
    let parameters: [String: String]

    init(_ method: HTTPMethod, _ segments: [String], _ parameters: [String: String]) {
        self.method = method
        self.segments = segments
        self.parameters = parameters
    }

    var path: String { "/" + segments.joined(separator: "/") }

    /// The part of the path at that place, or an empty text.
    private func part(_ index: Int) -> String { index < segments.count ? segments[index] : "" }

    private var node: String? { part(0) == "nodes" && segments.count > 1 ? segments[1] : nil }
    private var kind: GuestKind? { node == nil ? nil : GuestKind(rawValue: part(2)) }

    /// Whether the simulator can carry it out with what the twin can know.
    ///
    /// Users, roles and grants are not read from the live cluster, so their changes have nothing to start from.
    var isServed: Bool {
        part(0) != "access" && SimulatedCluster.serves(method: method.rawValue, path: path)
    }

    private func numbers(_ name: String) -> [Int] {
        (parameters[name] ?? "").split { ",; \t\n\0".contains($0) }.compactMap { Int($0) }
    }

    /// The guests that it names.
    var guests: [Guest] {
        if let node, let kind {
            guard let vmid = Int(part(3)) else { return numbers("vmid").map { Guest(vmid: $0) } }
            return [Guest(vmid: vmid, node: node, kind: kind)] + numbers("target-vmid").map { Guest(vmid: $0) }
        }
        if part(0) == "nodes", ["vzdump", "startall", "stopall", "migrateall"].contains(part(2)) {
            return (numbers("vmid") + numbers("vms")).map { Guest(vmid: $0) }
        }
        if part(0) == "pools" { return numbers("vms").map { Guest(vmid: $0) } }
        if part(0) == "cluster", part(1) == "ha" {
            let sid = part(3).isEmpty ? parameters["sid"] ?? "" : part(3)
            return sid.split(separator: ":").last.flatMap { Int($0) }.map { [Guest(vmid: $0)] } ?? []
        }
        return []
    }

    /// The node all of whose guests it concerns, where it names none.
    var wholeNode: String? {
        guard part(0) == "nodes", ["startall", "stopall", "migrateall", "vzdump"].contains(part(2)) else { return nil }
        if part(2) == "vzdump" { return parameters["all"] == "1" ? node : nil }
        return parameters["vms"] == nil ? node : nil
    }

    /// The pool all of whose guests it concerns.
    var wholePool: String? { part(2) == "vzdump" ? parameters["pool"] : nil }

    /// The number that must be free for it.
    var newGuest: Int? {
        if kind != nil, segments.count == 3 { return parameters["force"] == "1" ? nil : numbers("vmid").first }
        return part(4) == "clone" ? numbers("newid").first : nil
    }

    /// Whether it is about what a guest does, not what it has, so that its volumes and snapshots do not matter.
    var isPowerOnly: Bool {
        kind != nil && ["status", "agent", "vncproxy", "termproxy"].contains(part(4)) || part(1) == "ha"
            || part(0) == "pools"
    }

    /// A storage on a node, and whether more matters of it than the volumes of the guests that are named.
    struct Place: Hashable {
        var node: String
        var storage: String
        var isWhole: Bool
    }

    /// The storages whose content it concerns.
    var places: [Place] {
        guard let node else { return [] }
        if part(2) == "storage", segments.count > 4 { return [Place(node: node, storage: part(3), isWhole: true)] }
        var sources = [parameters["archive"], parameters["ostemplate"]].compactMap(\.self)
        var targets = ["storage", "targetstorage", "target-storage"].compactMap { parameters[$0] }
            .flatMap { $0.split { ",; ".contains($0) }.compactMap { $0.split(separator: ":").last.map(String.init) } }
        for (name, value) in parameters where SimulatedCluster.isDiskOption(name) && value.contains(":") {
            targets.append(Self.storage(of: value))
            // An image that is imported, an ISO file that is put in.
            sources += value.split(separator: ",").filter { $0.hasPrefix("import-from=") }.map {
                String($0.dropFirst(12))
            }
        }
        targets.removeAll { $0 == "1" }
        return Set(sources.filter { $0.contains(":") }.map(Self.storage)).sorted()
            .map { Place(node: node, storage: $0, isWhole: true) }
            + Set(targets).sorted().map { Place(node: node, storage: $0, isWhole: false) }
    }

    private static func storage(of volid: String) -> String { String(volid.prefix { $0 != ":" }) }

    /// The numbers whose volumes matter on the storages that it writes to.
    var owners: [Int] { guests.map(\.vmid) + [newGuest].compactMap(\.self) }

    /// The backup that it restores.
    var archive: String? {
        kind == nil ? nil : parameters["archive"] ?? (parameters["restore"] == "1" ? parameters["ostemplate"] : nil)
    }

    /// Whether it removes a guest, so that it matters who else needs its disks.
    var removesGuest: Bool { method == .delete && kind != nil && segments.count == 4 }

    /// The live task that it ends.
    var stoppedTask: String? { method == .delete && part(2) == "tasks" ? part(3) : nil }
}
