// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// One row of the cluster's overview: a guest, a node, a storage, a pool.
///
/// Only id, vmid, node, type, lock, tags and pool are live; name, status and figures are up to 10 s old, and of a new guest
/// they are missing until then (pve-facts §6).
public struct ClusterResource: Hashable, Sendable {
    /// What a row is about; a type that is not listed here keeps its text.
    public enum Kind: Hashable, Sendable {
        /// A virtual machine.
        case qemu
        /// A container.
        case lxc
        /// A node.
        case node
        /// A storage on a node.
        case storage
        /// A pool.
        case pool
        /// A zone of the software-defined network.
        case sdn
        /// Whatever a later version lists.
        case other(String)

        init(_ text: String) {
            self =
                switch text {
                case "qemu": .qemu
                case "lxc": .lxc
                case "node": .node
                case "storage": .storage
                case "pool": .pool
                case "sdn": .sdn
                default: .other(text)
                }
        }
    }

    /// What the server may be asked to leave out; `vm` means guests of both kinds.
    public enum Filter: String, Sendable, CaseIterable {
        /// Guests, virtual machines and containers.
        case vm
        /// Nodes.
        case node
        /// Storages, one row for each node that has them.
        case storage
        /// Zones of the software-defined network.
        case sdn
    }

    /// What the row is about.
    public let kind: Kind
    /// The row's id, such as `qemu/100`.
    public let id: String
    /// The guest's number.
    public let vmid: VMID?
    /// The node it is on, or is.
    public let node: NodeName?
    /// The guest's name.
    public let name: String?
    /// The status; of a virtual machine it is QEMU's (`paused`, `prelaunch` …), not only running or stopped.
    public let status: String?
    /// The pool it belongs to.
    public let pool: String?
    /// Its tags.
    public let tags: [String]
    /// The operation that holds the guest.
    public let lock: String?
    /// Whether the guest is a template.
    public let isTemplate: Bool
    /// Seconds since its start.
    public let uptime: Int?
    /// The state that high availability keeps it in.
    public let haState: String?
    /// The storage's name.
    public let storage: String?
    /// All members of the row.
    public let members: JSONObject

    /// Reads the rows of a list, without those that have no type.
    public static func all(_ rows: [JSONValue]) -> [ClusterResource] {
        var known = NameMemo<Places>()
        return rows.compactMap { row in
            guard let members = row.object else { return nil }
            if let places = known[members] { return ClusterResource(members, places) }
            let places = Places(members.keys)
            known[members] = places
            return ClusterResource(members, places)
        }
    }

    /// Reads a row, or nil where it has no type.
    private init?(_ members: JSONObject, _ places: Places) {
        func value(_ place: Int?) -> JSONValue? { place.map { members.values[$0] } }
        guard let type = value(places.type)?.string else { return nil }
        self.members = members
        kind = Kind(type)
        id = value(places.id)?.perlText ?? ""
        vmid = value(places.vmid)?.perlInteger.flatMap(VMID.init)
        node = value(places.node)?.perlText.flatMap(NodeName.init)
        name = value(places.name)?.perlText
        status = value(places.status)?.perlText
        pool = value(places.pool)?.perlText
        tags = Self.tags(value(places.tags)?.perlText)
        lock = value(places.lock)?.perlText.flatMap { $0.isEmpty ? nil : $0 }
        isTemplate = value(places.template)?.perlBool ?? false
        uptime = value(places.uptime)?.perlInteger
        haState = value(places.haState)?.perlText
        storage = value(places.storage)?.perlText
    }

    /// Where what is read of a row stands in it.
    private struct Places {
        let type, id, vmid, node, name, status, pool, tags, lock, template, uptime, haState, storage: Int?

        init(_ names: [String]) {
            func place(_ name: String) -> Int? { names.lastIndex(of: name) }
            (type, id, vmid, node, name) = (place("type"), place("id"), place("vmid"), place("node"), place("name"))
            (status, pool, tags, lock) = (place("status"), place("pool"), place("tags"), place("lock"))
            (template, uptime, haState) = (place("template"), place("uptime"), place("hastate"))
            storage = place("storage")
        }
    }

    /// The guest that the row is about, or nil where it is about something else.
    public var guest: GuestReference? {
        guard let vmid, let node else { return nil }
        switch kind {
        case .qemu: return GuestReference(vmid: vmid, kind: .qemu, node: node, pool: pool)
        case .lxc: return GuestReference(vmid: vmid, kind: .lxc, node: node, pool: pool)
        default: return nil
        }
    }

    /// The tags in a list as Proxmox writes it: separated by `;`, `,` or spaces.
    static func tags(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split { $0 == ";" || $0 == "," || $0 == " " }.map(String.init)
    }
}
