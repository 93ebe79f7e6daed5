// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// A storage as the cluster's overview shows it: a row for each node that has it.
struct StorageView: Sendable {
    let name: String
    let rows: [ClusterResource]

    /// All storages by name.
    static func all(_ resources: [ClusterResource]) -> [StorageView] {
        let named = Dictionary(grouping: resources.filter { $0.kind == .storage }) { $0.storage ?? "" }
        return named.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }.map { name, rows in
            StorageView(name: name, rows: rows.sorted { ($0.node?.rawValue ?? "") < ($1.node?.rawValue ?? "") })
        }
    }

    /// The plugin, such as `nfs` or `lvmthin`.
    var type: String? { rows.lazy.compactMap { $0.members["plugintype"]?.perlText }.first }
    /// Whether all nodes see the same.
    var isShared: Bool { rows.contains { $0.members["shared"]?.perlBool ?? false } }
    /// The nodes that can reach it.
    var nodes: [NodeName] { rows.filter { $0.status == "available" }.compactMap(\.node) }
    /// What it may hold.
    var content: [String] {
        let text = rows.lazy.compactMap { $0.members["content"]?.perlText }.first ?? ""
        return text.split(separator: ",").map(String.init).sorted()
    }

    /// The storage as scripts see it.
    ///
    /// - Parameter node: The node whose usage is meant; nil for the whole.
    func json(on node: NodeName?) -> JSONValue {
        let shown = node.map { node in rows.filter { $0.node == node } } ?? rows
        let reached = shown.filter { $0.status == "available" }
        var object = JSONObject([
            ("storage", .string(name)), ("type", JSONValue(type)),
            ("status", .string(reached.isEmpty ? shown.first?.status ?? "unknown" : "available")),
            ("shared", .bool(isShared)), ("content", .array(content.map(JSONValue.string))),
            ("nodes", .array(nodes.map { .string($0.rawValue) })),
        ])
        if let node { object["node"] = .string(node.rawValue) }
        for field in ["disk", "maxdisk"] {
            let values = reached.compactMap { $0.members[field]?.perlInteger }
            guard let first = values.first else { continue }
            object[field] = JSONValue(
                isShared ? first : values.reduce(0) { $0.addingReportingOverflow($1).partialValue })
        }
        object["usage"] = .array(
            shown.map { row in
                var usage = JSONObject([
                    ("node", JSONValue(row.node?.rawValue)), ("status", .string(row.status ?? "unknown")),
                ])
                for field in ["disk", "maxdisk"] {
                    if let value = row.members[field], !value.isNull { usage[field] = value }
                }
                return .object(usage)
            })
        return .object(object)
    }
}
