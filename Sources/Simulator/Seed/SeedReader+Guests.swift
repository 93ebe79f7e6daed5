// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

extension SeedReader {
    mutating func guest(_ node: YAMLNode, _ seed: ClusterSeed) throws(YAMLError) -> SimulatedGuest {
        let reader = try YAMLReader(
            node, of: "a guest",
            keys: [
                "vmid", "type", "name", "node", "status", "tags", "pool", "storage", "disk", "config", "snapshots",
                "ha", "lock", "template", "started", "complete", "ignores-shutdown", "agent-running", "backup-fails",
                "migration-fault",
            ])
        let vmid = try reader.required("vmid").integer(in: VMID.range)
        let kind = GuestKind(rawValue: try reader.optional("type")?.word(of: ["qemu", "lxc"]) ?? "qemu") ?? .qemu
        let nodeNode = try reader.required("node")
        let nodeName = try nodeNode.text()
        if !seed.nodes.contains(where: { $0.name == nodeName }) { throw nodeNode.error("there is no node \(nodeName)") }
        if seed.guests.contains(where: { $0.vmid == vmid }) { throw node.error("there is a guest \(vmid) already") }
        // A configuration that is complete gets nothing made up, and may hold options that the simulator does not know.
        let isComplete = try reader.optional("complete")?.boolean() ?? false
        let name = try isComplete ? "" : reader.required("name").text()
        let storage = try reader.optional("storage")?.text() ?? "local"
        let size = try reader.optional("disk")?.text() ?? (kind == .qemu ? "32G" : "8G")
        var options: [(String, String)] = []
        if let tags = reader.optional("tags") {
            options.append(("tags", try SeedValues.texts(tags).joined(separator: ";")))
        }
        for (key, value) in try reader.optional("config")?.members() ?? [] {
            let option = try key.text()
            if !isComplete, GuestOptions.of(kind).parameter(option) == nil {
                throw key.error("unknown option `\(option)`")
            }
            options.append((option, try value.text()))
        }
        let config =
            isComplete
            ? GuestConfig(options)
            : kind == .qemu
                ? builder.machine(vmid, name: name, storage: storage, size: size, options: options)
                : builder.container(vmid, name: name, storage: storage, size: size, options: options)
        var guest = SimulatedGuest(kind, vmid, node: nodeName, config: config)
        guest.startedAt =
            try reader.optional("started").map { (node) throws(YAMLError) in try SeedValues.time(node) } ?? 0
        let status = try reader.optional("status")?.word(of: ["running", "stopped", "paused"]) ?? "stopped"
        guest.power = SimulatedGuest.Power(rawValue: status) ?? .stopped
        guest.pool = try reader.optional("pool")?.text()
        guest.haState = try reader.optional("ha")?.text()
        guest.lock = try reader.optional("lock")?.text()
        guest.ignoresShutdown = try reader.optional("ignores-shutdown")?.boolean() ?? false
        guest.agentRunning = try reader.optional("agent-running")?.boolean() ?? true
        guest.backupFailure = try reader.optional("backup-fails")?.text()
        if let fault = reader.optional("migration-fault") {
            guest.migrationFault = MigrationFault(rawValue: try fault.word(of: MigrationFault.allCases.map(\.rawValue)))
        }
        if try reader.optional("template")?.boolean() == true, !isComplete { SeedValues.makeTemplate(&guest) }
        for snapshot in try reader.optional("snapshots")?.elements() ?? [] {
            try Self.add(snapshot, to: &guest, isComplete: isComplete)
        }
        return guest
    }

    private static func add(
        _ node: YAMLNode, to guest: inout SimulatedGuest, isComplete: Bool
    ) throws(YAMLError) {
        let reader = try YAMLReader(
            node, of: "a snapshot", keys: ["name", "time", "description", "memory", "parent", "config"])
        var config = guest.config
        config["parent"] = nil
        if let frozen = reader.optional("config") {
            var options: [(String, String)] = []
            for (key, value) in try frozen.members() { options.append((try key.text(), try value.text())) }
            config = GuestConfig(options)
        }
        let snapshot = SimulatedSnapshot(
            try reader.required("name").text(), time: try SeedValues.time(reader.required("time")),
            description: try reader.optional("description")?.text() ?? "",
            parent: try reader.optional("parent")?.text() ?? (isComplete ? nil : guest.config["parent"]),
            withMemory: try reader.optional("memory")?.boolean() ?? false, config: config)
        guest.snapshots.append(snapshot)
        if !isComplete { guest.config["parent"] = snapshot.name }
    }
}
