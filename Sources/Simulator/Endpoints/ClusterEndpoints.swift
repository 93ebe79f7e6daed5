// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let clusterEndpoints = [
        Endpoint("GET", "") { _, _ in
            Reply(.subdirectories(["version", "cluster", "nodes", "storage", "access", "pools"]))
        },
        Endpoint("GET", "version") { state, _ in Reply(state.versionObject) },
        Endpoint("GET", "cluster") { _, _ in
            Reply(
                .list(
                    "name",
                    [
                        "acme", "backup", "backup-info", "ceph", "config", "firewall", "ha", "jobs", "log", "mapping",
                        "metrics", "notifications", "nextid", "options", "replication", "resources", "status", "tasks",
                        "sdn",
                    ]))
        },
        Endpoint(
            "GET", "cluster/resources", takes: [.choice("type", ["vm", "storage", "node", "sdn"])],
            handler: Cluster.resources),
        Endpoint("GET", "cluster/status", .privilege("/", ["Sys.Audit"]), protected: true, handler: Cluster.status),
        Endpoint("GET", "cluster/nextid", takes: [.vmid("vmid")], handler: Cluster.nextID),
        Endpoint("GET", "cluster/options", handler: Cluster.options),
        Endpoint("GET", "cluster/backup", .privilege("/", ["Sys.Audit"])) { _, _ in Reply([]) },
        Endpoint("GET", "cluster/tasks", handler: Cluster.tasks),
    ]
}

extension JSONValue {
    /// An index of a folder of the API.
    static func subdirectories(_ names: [String]) -> JSONValue { list("subdir", names) }
    static func list(_ key: String, _ names: [String]) -> JSONValue {
        .array(names.map { .object(JSONObject([(key, .string($0))])) })
    }
}

extension ClusterState {
    var versionObject: JSONValue {
        [
            "version": .string(version.version), "release": .string(version.release),
            "repoid": .string(version.repository),
        ]
    }
}

extension ClusterState {
    /// A guest as the lists show it: figures as last seen, place and lock as they are; nil where nobody has seen it yet.
    fileprivate func known(_ guest: SimulatedGuest) -> SimulatedGuest? {
        if lag <= 0 { return guest }
        guard var known = seen[guest.vmid] else { return nil }
        known.node = guest.node
        known.lock = guest.lock
        known.pool = guest.pool
        known.haState = guest.haState
        known.config["tags"] = guest.config["tags"]
        return known
    }
}

/// The views of the whole cluster.
enum Cluster {
    static func resources(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let type = call["type"]
        var rows: [JSONValue] = []
        if type == nil || type == "vm" { rows += guests(state, call.identity) }
        if type == nil || type == "node" {
            let loads = state.loads()
            rows += state.nodes.map { nodeResource(state, $0, loads[$0.name], call.identity) }
        }
        if type == nil {
            rows += state.pools.filter { state.may(call.identity, "Pool.Audit", "/pool/\($0.id)") }.map {
                ["id": .string("/pool/\($0.id)"), "pool": .string($0.id), "type": "pool"]
            }
        }
        if type == nil || type == "storage" { rows += storages(state, call.identity) }
        if type == nil || type == "sdn", state.may(call.identity, "SDN.Audit", "/sdn/zones/localnetwork") {
            rows += state.nodes.filter(\.online).map {
                [
                    "id": .string("sdn/\($0.name)/localnetwork"), "node": .string($0.name), "sdn": "localnetwork",
                    "status": "ok", "type": "sdn",
                ]
            }
        }
        return Reply(.array(rows))
    }

    private static func guests(_ state: ClusterState, _ identity: Identity) -> [JSONValue] {
        state.guestList.filter { state.may(identity, "VM.Audit", "/vms/\($0.vmid)") }.map { guest in
            let lost = state.node(guest.node)?.offlineSince.map { state.now - $0 > 300 } ?? false
            guard !lost, let known = state.known(guest) else {
                return .object(GuestFigures(guest: guest, now: state.now).unknownResource())
            }
            return .object(GuestFigures(guest: known, now: state.lag > 0 ? state.seenAt : state.now).resource())
        }
    }

    private static func nodeResource(
        _ state: ClusterState, _ node: SimulatedNode, _ load: NodeLoad?, _ identity: Identity
    ) -> JSONValue {
        var row = JSONObject([
            ("id", .string("node/\(node.name)")), ("node", .string(node.name)), ("type", "node"),
            ("status", node.online ? "online" : "offline"), ("cgroup-mode", 2),
        ])
        state.addFigures(node, to: &row, load, identity)
        return .object(row)
    }

    private static func storages(_ state: ClusterState, _ identity: Identity) -> [JSONValue] {
        state.nodes.flatMap { node in
            state.storages.filter { $0.serves(node.name) }
                .filter {
                    state.mayAny(identity, ["Datastore.Audit", "Datastore.AllocateSpace"], "/storage/\($0.name)")
                }
                .map { JSONValue.object(storageRow(state, $0, node)) }
        }
    }

    /// A node that has just gone keeps its last figures for five minutes.
    private static func storageRow(
        _ state: ClusterState, _ storage: SimulatedStorage, _ node: SimulatedNode
    ) -> JSONObject {
        let lost = node.offlineSince.map { state.now - $0 > 300 } ?? false
        var row = JSONObject([
            ("id", .string("storage/\(node.name)/\(storage.name)")), ("type", "storage"),
            ("storage", .string(storage.name)), ("node", .string(node.name)),
            ("plugintype", .string(storage.plugin)), ("content", .string(storage.content.joined(separator: ","))),
            ("shared", storage.shared ? 1 : 0), ("status", lost ? "unknown" : "available"),
        ])
        if !lost {
            row["disk"] = JSONValue(storage.used)
            row["maxdisk"] = JSONValue(storage.size)
        }
        return row
    }

    static func status(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        var rows: [JSONValue] = []
        if state.nodes.count > 1 {
            rows.append([
                "id": "cluster", "type": "cluster", "name": .string(state.name),
                "nodes": JSONValue(state.nodes.count), "version": JSONValue(state.nodes.count),
                "quorate": state.quorate ? 1 : 0,
            ])
        }
        for (index, node) in state.nodes.enumerated() {
            rows.append([
                "id": .string("node/\(node.name)"), "type": "node", "name": .string(node.name),
                "nodeid": JSONValue(state.nodes.count > 1 ? index + 1 : 0), "ip": .string(node.address),
                "local": index == 0 ? 1 : 0, "online": node.online ? 1 : 0, "level": "",
            ])
        }
        return Reply(.array(rows))
    }

    static func nextID(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        if let wanted = call.integer("vmid") {
            if state.guests[wanted] != nil { throw .parameter("vmid", "VM \(wanted) already exists") }
            return Reply(.string(String(wanted)))
        }
        let free = (100...999_999).first { state.guests[$0] == nil }
        guard let free else { throw .failed("unable to get any free VMID in range [100, 999999]") }
        return Reply(.string(String(free)))
    }

    static func options(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let tags = Set(state.guests.values.flatMap { ($0.config["tags"] ?? "").split(separator: ";").map(String.init) })
        return Reply([
            "mac_prefix": "BC:24:11", "description": "",
            "allowed-tags": .array(tags.sorted().map(JSONValue.string)),
        ])
    }

    /// All running tasks and as many finished ones as make up 25, of every node that answers.
    static func tasks(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let auditor = state.may(call.identity, "Sys.Audit", "/")
        var rows: [JSONValue] = []
        for node in state.nodes {
            let own = state.taskOrder.reversed().compactMap { state.tasks[$0] }.filter { $0.node == node.name }
            let running = own.filter { $0.phase != .ended }
            let finished = own.filter { $0.phase == .ended }.prefix(max(0, 25 - running.count))
            for task in running + finished {
                // The token is split off before the comparison, so a token never sees its own (PVE::API2::Cluster).
                guard auditor || (call.identity.token == nil && task.user == call.identity.user) else { continue }
                var row = task.listRow(cluster: true)
                if task.phase == .ended { row["saved"] = "1" }
                rows.append(.object(row))
            }
        }
        return Reply(.array(rows))
    }
}
