// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// A guest of the cluster's overview, and whether its node is there to vouch for it.
///
/// Of guests on a node that is down the overview shows the last figures for five minutes, as if they still ran, and after
/// that neither name nor state (pve-facts §6).
struct ListedGuest: Sendable {
    let row: ClusterResource
    /// Whether the cluster says that the guest's node is not there.
    let isLost: Bool

    /// The state, which nobody knows while the node is away.
    var status: String { isLost ? "unknown" : row.status ?? "unknown" }

    /// The guest as scripts see it.
    var json: JSONValue {
        var records = GuestRecords()
        return records.record(of: self)
    }

    /// The state it was in when its node was last heard of, where the node is away.
    var lastStatus: String? { isLost && row.status != "unknown" ? row.status : nil }

    /// What a person should know of the state.
    var note: String? {
        let node = row.node?.rawValue ?? "its node"
        guard isLost else {
            return status == "unknown"
                ? "node \(node) has not reported on this guest; a new one shows after some seconds" : nil
        }
        return row.status == nil || row.status == "unknown"
            ? "node \(node) is offline, for more than five minutes: the guest may or may not run there"
            : "node \(node) is offline, for less than five minutes: the guest may or may not run there"
    }
}

/// The guests of the cluster's overview by vmid; the rows are kept once, whatever is asked of them.
struct GuestList: RandomAccessCollection, Sendable {
    private var rows: [ClusterResource]
    private let lost: Set<NodeName>

    /// Picks the guests out of the overview's rows.
    init(_ overview: [ClusterResource]) {
        lost = Set(overview.filter { $0.kind == .node && $0.status == "offline" }.compactMap(\.node))
        var rows = overview
        rows.removeAll { $0.guest == nil }
        let numbers = rows.lazy.map { $0.vmid?.rawValue ?? 0 }
        // Mostly they come in order, and a row is large to be moved about.
        if !zip(numbers, numbers.dropFirst()).allSatisfy({ $0 <= $1 }) {
            rows.sort { ($0.vmid?.rawValue ?? 0) < ($1.vmid?.rawValue ?? 0) }
        }
        self.rows = rows
    }

    var startIndex: Int { 0 }
    var endIndex: Int { rows.count }
    subscript(_ index: Int) -> ListedGuest { guest(rows[index]) }

    private func guest(_ row: ClusterResource) -> ListedGuest {
        ListedGuest(row: row, isLost: !lost.isEmpty && (row.node.map(lost.contains) ?? false))
    }

    /// Hands out the guests in their order, and lets each go: what is made of one takes the room of the one before.
    consuming func forEachOnce(_ body: (ListedGuest) -> Void) {
        var list = consume self
        list.rows.reverse()
        while let row = list.rows.popLast() { body(list.guest(row)) }
    }
}

extension ProxmoxClient {
    /// The guests of the cluster's overview by vmid, each with what its node is now.
    func guests() async throws(Failure) -> GuestList {
        // All of the overview in one request: two would be of two moments, and the rest of it is small.
        GuestList(try await resources(type: nil))
    }
}

/// What a script asks of guests, wherever an operation takes filters.
struct GuestFilters {
    private let status, pool, kind: String?
    private let node: NodeName?
    private let tag, name: Glob?
    /// Templates only, or none; nil for both.
    var template: Bool?

    init(_ filters: Arguments) {
        (status, pool, kind) = (filters.text("status"), filters.text("pool"), filters.text("kind"))
        (tag, name) = (filters.text("tag").map(Glob.init), filters.text("name").map(Glob.init))
        node = filters.node()
        template = filters.flag("template")
    }

    func matches(_ guest: ListedGuest) -> Bool {
        let row = guest.row
        return (status.map { $0 == guest.status } ?? true) && (node.map { $0 == row.node } ?? true)
            && (pool.map { $0 == row.pool } ?? true) && (kind.map { $0 == row.guest?.kind.rawValue } ?? true)
            && (template.map { $0 == row.isTemplate } ?? true)
            && (tag.map { tag in row.tags.contains(where: tag.matches) } ?? true)
            && (name.map { name in row.name.map(name.matches) ?? false } ?? true)
    }
}
