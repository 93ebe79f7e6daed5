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

extension ProxmoxClient {
    /// The guests of the cluster's overview by vmid, each with what its node is now.
    func guests() async throws(Failure) -> [ListedGuest] {
        // All of the overview in one request: two would be of two moments, and the rest of it is small.
        let rows = try await resources(type: nil)
        let lost = Set(rows.filter { $0.kind == .node && $0.status == "offline" }.compactMap(\.node))
        return rows.filter { $0.guest != nil }
            .map { row in ListedGuest(row: row, isLost: row.node.map(lost.contains) ?? false) }
            .sorted { ($0.row.vmid?.rawValue ?? 0) < ($1.row.vmid?.rawValue ?? 0) }
    }
}

/// What a script asks of guests, wherever an operation takes filters.
struct GuestFilters {
    private let filters: Arguments
    /// Templates only, or none; nil for both.
    var template: Bool?

    init(_ filters: Arguments) {
        self.filters = filters
        template = filters.flag("template")
    }

    func matches(_ guest: ListedGuest) -> Bool {
        func glob(_ name: String, _ values: [String]) -> Bool {
            guard let pattern = filters.text(name) else { return true }
            return values.contains { Glob(pattern).matches($0) }
        }
        let row = guest.row
        return (filters.text("status").map { $0 == guest.status } ?? true)
            && (filters.node().map { $0 == row.node } ?? true)
            && (filters.text("pool").map { $0 == row.pool } ?? true)
            && (filters.text("kind").map { $0 == row.guest?.kind.rawValue } ?? true)
            && (template.map { $0 == row.isTemplate } ?? true)
            && glob("tag", row.tags) && glob("name", row.name.map { [$0] } ?? [])
    }
}
