// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    static let nodeEndpoints = [
        Endpoint("GET", "nodes", handler: Nodes.list),
        Endpoint("GET", "nodes/{node}") { _, _ in
            Reply(
                .list(
                    "name",
                    ["lxc", "network", "qemu", "status", "storage", "tasks", "time", "version", "vzdump"]))
        },
        Endpoint("GET", "nodes/{node}/status", .privilege("/nodes/{node}", ["Sys.Audit"]), handler: Nodes.status),
        Endpoint("GET", "nodes/{node}/version") { state, _ in Reply(state.versionObject) },
        Endpoint("GET", "nodes/{node}/time", .privilege("/nodes/{node}", ["Sys.Audit"])) { state, _ in
            let time = JSONValue(Int(state.now))
            return Reply(["time": time, "localtime": time, "timezone": "Etc/UTC"])
        },
        Endpoint("GET", "nodes/{node}/network", .user, takes: [.string("type")]) { state, call in
            Reply(Nodes.network(state.node(call.node)?.address ?? ""))
        },
    ]
}

extension ClusterState {
    /// What a node row shows beyond its name, as far as the caller may see it.
    func addFigures(_ node: SimulatedNode, to row: inout JSONObject, _ load: NodeLoad?, _ identity: Identity) {
        let lost = node.offlineSince.map { now - $0 > 300 } ?? false
        if lost { return }
        row["level"] = ""
        guard may(identity, "Sys.Audit", "/nodes/\(node.name)") else { return }
        row["maxcpu"] = JSONValue(node.processors)
        row["maxmem"] = JSONValue(node.memory)
        row["maxdisk"] = JSONValue(node.disk)
        guard node.online else { return }
        let load = load ?? NodeLoad()
        row["cpu"] = .number(load.processors)
        row["mem"] = JSONValue(load.memory(of: node))
        row["disk"] = JSONValue(node.disk / 10)
        row["uptime"] = JSONValue(uptime(node))
    }

    func uptime(_ node: SimulatedNode) -> Int { max(0, Int(now - (node.bootTime ?? now))) }

    /// What the running guests take of each node, by its name.
    func loads() -> [String: NodeLoad] {
        var loads: [String: NodeLoad] = [:]
        for guest in guests.values where guest.isRunning {
            loads[guest.node, default: NodeLoad()].running += 1
            loads[guest.node, default: NodeLoad()].memory += GuestFigures(guest: guest, now: now).usedMemory
        }
        return loads
    }
}

/// What the guests that run on a node take of it.
struct NodeLoad {
    var running = 0
    var memory = 0

    /// The share of the node's processors.
    var processors: Double { 0.01 + Double(running % 50) / 100 }
    /// Bytes of the node's memory, with its own.
    func memory(of node: SimulatedNode) -> Int { min(node.memory / 20 + memory, node.memory) }
}

/// Answers about nodes.
enum Nodes {
    static func list(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        let loads = state.loads()
        let rows = state.nodes.map { node -> JSONValue in
            var row = JSONObject([
                ("id", .string("node/\(node.name)")), ("node", .string(node.name)), ("type", "node"),
                ("status", node.online ? "online" : "offline"), ("ssl_fingerprint", .string(node.fingerprint)),
            ])
            state.addFigures(node, to: &row, loads[node.name], call.identity)
            return .object(row)
        }
        return Reply(.array(rows))
    }

    static func status(_ state: inout ClusterState, _ call: Call) throws(Refusal) -> Reply {
        guard let node = state.node(call.node) else { return .null }
        let load = state.loads()[node.name] ?? NodeLoad()
        let used = load.memory(of: node)
        let kernel = "6.8.12-11-pve"
        let build = "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-11"
        let processor = JSONObject([
            ("cores", JSONValue(max(1, node.processors / 2))), ("cpus", JSONValue(node.processors)), ("sockets", 1),
            ("model", "Simulated Processor"), ("mhz", "2596.098"), ("flags", "fpu vmx sse4_2 aes avx2"),
            ("user_hz", 100), ("hvm", "1"),
        ])
        return Reply([
            "uptime": JSONValue(state.uptime(node)), "cpu": .number(load.processors), "wait": 0, "idle": 0,
            "loadavg": ["0.25", "0.20", "0.15"], "kversion": .string("Linux \(kernel) \(build)"),
            "pveversion": .string("pve-manager/\(state.version.version)/\(state.version.repository)"),
            "current-kernel": [
                "sysname": "Linux", "release": .string(kernel), "version": .string(build), "machine": "x86_64",
            ],
            "boot-info": ["mode": "efi"], "ksm": ["shared": 0],
            "memory": [
                "total": JSONValue(node.memory), "used": JSONValue(used), "free": JSONValue(node.memory - used),
            ],
            "swap": ["total": 0, "used": 0, "free": 0],
            "rootfs": [
                "total": JSONValue(node.disk), "used": JSONValue(node.disk / 10),
                "free": JSONValue(node.disk / 10 * 9), "avail": JSONValue(node.disk / 100 * 85),
            ],
            "cpuinfo": .object(processor),
        ])
    }

    static func network(_ address: String) -> JSONValue {
        [
            [
                "iface": "eth0", "type": "eth", "active": 1, "exists": 1, "method": "manual", "method6": "manual",
                "families": ["inet"], "priority": 3,
            ],
            [
                "iface": "vmbr0", "type": "bridge", "active": 1, "autostart": 1, "method": "static",
                "method6": "manual", "families": ["inet"], "priority": 4, "address": .string(address),
                "netmask": "24", "cidr": .string("\(address)/24"), "gateway": "192.0.2.1", "bridge_ports": "eth0",
                "bridge_stp": "off", "bridge_fd": "0",
            ],
        ]
    }
}
