// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looking at nodes.
enum NodeHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "list_nodes": listNodes,
        "node": node,
    ]

    static func listNodes(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let nodes = try await call.resources(.node).sorted { ($0.node?.rawValue ?? "") < ($1.node?.rawValue ?? "") }
        let guests = try await call.resources(.vm)
        return .array(nodes.map { .object(NodeRecord.object($0, guests)) })
    }

    static func node(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let rows = try await call.resources(.node)
        guard let name = call.arguments.node(), let row = rows.first(where: { $0.node == name }) else {
            throw .unknownNode(call.arguments.node()?.rawValue ?? "", rows, in: call.environment.clusterName)
        }
        var record = NodeRecord.object(row, try await call.resources(.vm))
        guard row.status == "online" else { return .object(record) }
        if let status = try await call.granted(["nodes", name.rawValue, "status"]) {
            NodeRecord.add(status, to: &record)
        }
        if let subscription = try await call.granted(["nodes", name.rawValue, "subscription"])?["status"] {
            record["subscription"] = subscription
        }
        return .object(record)
    }
}

extension Failure {
    /// There is no node of that name.
    static func unknownNode(_ name: String, _ rows: [ClusterResource], in cluster: String) -> Failure {
        var failure = Failure(.notFound, "there is no node \(name) in cluster \(cluster)")
        failure.hint = "its nodes are " + rows.compactMap(\.node).map(\.rawValue).sorted().joined(separator: ", ")
        failure.node = name
        return failure
    }
}

/// How a node looks to scripts.
enum NodeRecord {
    private static let fields = ["node", "status", "cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "uptime"]

    /// What the cluster's overview tells of a node.
    static func object(_ node: ClusterResource, _ guests: [ClusterResource]) -> JSONObject {
        var object = JSONObject(fields.compactMap { name in node.members[name].map { (name, $0) } })
        let own = guests.filter { $0.node == node.node && $0.guest != nil && !$0.isTemplate }
        object["guest_count"] = JSONValue(own.count)
        if node.status == "online" { object["running_count"] = JSONValue(own.count { $0.status == "running" }) }
        return object
    }

    /// Adds what the node tells of itself.
    static func add(_ status: JSONValue, to record: inout JSONObject) {
        if let load = status["loadavg"]?.array {
            record["load"] = .array(load.compactMap(\.perlNumber).map(JSONValue.number))
        }
        let processor = status["cpuinfo"]
        record["cpumodel"] = processor?["model"]
        record["sockets"] = processor?["sockets"]
        record["cores"] = processor?["cores"]
        record["kernel"] = status["current-kernel"]?["release"] ?? status["kversion"]
        record["pveversion"] = status["pveversion"]
        for name in ["memory", "swap", "rootfs"] { record[name] = status[name] }
        record["iowait"] = status["wait"]
        // These are of now; the overview's are up to ten seconds old.
        for name in ["cpu", "uptime"] { if let value = status[name] { record[name] = value } }
    }
}
