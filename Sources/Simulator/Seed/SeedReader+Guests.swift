// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

extension SeedReader {
    mutating func guest(_ node: YAMLNode, _ seed: ClusterSeed) throws(YAMLError) -> SimulatedGuest {
        let reader = try YAMLReader(
            node, of: "a guest",
            keys: [
                "vmid", "type", "name", "node", "status", "tags", "pool", "storage", "disk", "config", "snapshots",
                "ha",
                "lock", "template", "ignores-shutdown", "agent-running", "backup-fails",
            ])
        let vmid = try reader.required("vmid").integer(in: VMID.range)
        let kind = GuestKind(rawValue: try reader.optional("type")?.word(of: ["qemu", "lxc"]) ?? "qemu") ?? .qemu
        let nodeNode = try reader.required("node")
        let nodeName = try nodeNode.text()
        if !seed.nodes.contains(where: { $0.name == nodeName }) { throw nodeNode.error("there is no node \(nodeName)") }
        let name = try reader.required("name").text()
        let storage = try reader.optional("storage")?.text() ?? "local"
        let size = try reader.optional("disk")?.text() ?? (kind == .qemu ? "32G" : "8G")
        var options: [(String, String)] = []
        if let tags = reader.optional("tags") {
            options.append(("tags", try SeedValues.texts(tags).joined(separator: ";")))
        }
        for (key, value) in try reader.optional("config")?.members() ?? [] {
            let option = try key.text()
            if GuestOptions.of(kind).parameter(option) == nil { throw key.error("unknown option `\(option)`") }
            options.append((option, try value.text()))
        }
        let config =
            kind == .qemu
            ? builder.machine(vmid, name: name, storage: storage, size: size, options: options)
            : builder.container(vmid, name: name, storage: storage, size: size, options: options)
        var guest = SimulatedGuest(kind, vmid, node: nodeName, config: config)
        let status = try reader.optional("status")?.word(of: ["running", "stopped", "paused"]) ?? "stopped"
        guest.power = SimulatedGuest.Power(rawValue: status) ?? .stopped
        guest.pool = try reader.optional("pool")?.text()
        guest.haState = try reader.optional("ha")?.text()
        guest.lock = try reader.optional("lock")?.text()
        guest.ignoresShutdown = try reader.optional("ignores-shutdown")?.boolean() ?? false
        guest.agentRunning = try reader.optional("agent-running")?.boolean() ?? true
        guest.backupFailure = try reader.optional("backup-fails")?.text()
        if try reader.optional("template")?.boolean() == true { SeedValues.makeTemplate(&guest) }
        for snapshot in try reader.optional("snapshots")?.elements() ?? [] { try Self.add(snapshot, to: &guest) }
        return guest
    }

    private static func add(_ node: YAMLNode, to guest: inout SimulatedGuest) throws(YAMLError) {
        let reader = try YAMLReader(node, of: "a snapshot", keys: ["name", "time", "description", "memory"])
        var config = guest.config
        config["parent"] = nil
        let snapshot = SimulatedSnapshot(
            try reader.required("name").text(), time: try SeedValues.time(reader.required("time")),
            description: try reader.optional("description")?.text() ?? "", parent: guest.config["parent"],
            withMemory: try reader.optional("memory")?.boolean() ?? false, config: config)
        guest.snapshots.append(snapshot)
        guest.config["parent"] = snapshot.name
    }
}
