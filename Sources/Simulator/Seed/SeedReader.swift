// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// Reads a cluster's description.
struct SeedReader {
    private let top: YAMLReader
    private var builder = SeedBuilder(seed: 8)

    init(_ root: YAMLNode) throws(YAMLError) {
        top = try YAMLReader(
            root, of: "a cluster",
            keys: [
                "version", "name", "nodes", "storages", "pools", "users", "acl", "guests", "backups", "files",
                "quorate",
            ])
        let version = try top.required("version")
        if try version.integer() != 1 { throw version.error("expected version 1") }
    }

    mutating func seed() throws(YAMLError) -> ClusterSeed {
        var seed = ClusterSeed(name: try top.optional("name")?.text() ?? "cluster", nodes: [])
        let nodes = try top.required("nodes")
        for node in try nodes.elements() { seed.nodes.append(try Self.node(node)) }
        if seed.nodes.isEmpty { throw nodes.error("a cluster needs a node") }
        for node in try list("storages") { seed.storages.append(try Self.storage(node)) }
        for node in try list("pools") {
            let reader = try YAMLReader(node, of: "a pool", keys: ["id", "comment"])
            seed.pools.append(
                SimulatedPool(try reader.required("id").text(), comment: try reader.optional("comment")?.text()))
        }
        for node in try list("users") { seed.users.append(try Self.user(node)) }
        for node in try list("acl") { seed.grants.append(try Self.grant(node)) }
        for node in try list("guests") { seed.guests.append(try guest(node, seed)) }
        seed.addMissingImages(created: builder.epoch)
        for node in try list("backups") { seed.volumes.append(try Self.backup(node, seed)) }
        for node in try list("files") { seed.volumes += try Self.file(node, seed) }
        if let quorate = top.optional("quorate") { seed.quorate = try quorate.boolean() }
        return seed
    }

    private func list(_ key: String) throws(YAMLError) -> [YAMLNode] {
        guard let node = top.optional(key) else { return [] }
        return try node.elements()
    }

    private static func node(_ node: YAMLNode) throws(YAMLError) -> SimulatedNode {
        let reader = try YAMLReader(
            node, of: "a node", keys: ["name", "address", "online", "cores", "memory", "disk", "certificate-until"])
        let nameNode = try reader.required("name")
        let name = try nameNode.text()
        if NodeName(name) == nil { throw nameNode.error("`\(name)` is no node name") }
        var result = SimulatedNode(name, address: try reader.optional("address")?.text() ?? "192.0.2.1")
        if let online = reader.optional("online") { result.online = try online.boolean() }
        if let end = reader.optional("certificate-until") { result.certificateEnd = try SeedValues.time(end) }
        if let cores = reader.optional("cores") { result.processors = try cores.integer(in: 1...8192) }
        if let memory = reader.optional("memory") { result.memory = try SeedValues.size(memory) }
        if let disk = reader.optional("disk") { result.disk = try SeedValues.size(disk) }
        return result
    }

    private static func storage(_ node: YAMLNode) throws(YAMLError) -> SimulatedStorage {
        let reader = try YAMLReader(
            node, of: "a storage", keys: ["name", "type", "content", "shared", "nodes", "size", "used", "path"])
        let size = try reader.optional("size").map { (node) throws(YAMLError) in try SeedValues.size(node) } ?? 1 << 40
        return SimulatedStorage(
            try reader.required("name").text(), plugin: try reader.optional("type")?.text() ?? "dir",
            content: try SeedValues.texts(reader.required("content")),
            shared: try reader.optional("shared")?.boolean() ?? false,
            nodes: try reader.optional("nodes").map { (node) throws(YAMLError) in try SeedValues.texts(node) } ?? [],
            size: size,
            used: try reader.optional("used").map { (node) throws(YAMLError) in try SeedValues.size(node) } ?? size / 5,
            path: try reader.optional("path")?.text())
    }

    private static func user(_ node: YAMLNode) throws(YAMLError) -> SimulatedUser {
        let reader = try YAMLReader(
            node, of: "a user",
            keys: ["id", "password", "enabled", "tokens", "totp", "recovery", "webauthn"])
        let idNode = try reader.required("id")
        let id = try idNode.text()
        if !id.contains("@") { throw idNode.error("a user is name@realm") }
        var user = SimulatedUser(id, password: try reader.optional("password")?.text())
        if let enabled = reader.optional("enabled") { user.enabled = try enabled.boolean() }
        for token in try reader.optional("tokens")?.elements() ?? [] {
            let reader = try YAMLReader(token, of: "a token", keys: ["id", "secret", "privsep", "expire"])
            user.tokens.append(
                SimulatedToken(
                    try reader.required("id").text(), secret: try reader.required("secret").text(),
                    separated: try reader.optional("privsep")?.boolean() ?? false,
                    expires: try reader.optional("expire")?.integer(in: 0...4_000_000_000) ?? 0))
        }
        user.factors = SimulatedFactors(
            totp: try reader.optional("totp")?.text(),
            recovery: try reader.optional("recovery").map { (node) throws(YAMLError) in try SeedValues.texts(node) }
                ?? [],
            webauthn: try reader.optional("webauthn")?.boolean() ?? false)
        return user
    }

    private static func grant(_ node: YAMLNode) throws(YAMLError) -> SimulatedGrant {
        let reader = try YAMLReader(node, of: "an access rule", keys: ["path", "holder", "role", "propagate"])
        return SimulatedGrant(
            try reader.required("path").text(), holder: try reader.required("holder").text(),
            role: try reader.required("role").word(of: Roles.builtIn.keys.sorted()),
            propagates: try reader.optional("propagate")?.boolean() ?? true)
    }

    private static func backup(_ node: YAMLNode, _ seed: ClusterSeed) throws(YAMLError) -> SimulatedVolume {
        let reader = try YAMLReader(
            node, of: "a backup", keys: ["vmid", "storage", "time", "notes", "protected", "size"])
        let vmidNode = try reader.required("vmid")
        let vmid = try vmidNode.integer(in: VMID.range)
        guard let guest = seed.guests.first(where: { $0.vmid == vmid }) else {
            throw vmidNode.error("there is no guest \(vmid)")
        }
        let storageNode = try reader.required("storage")
        let name = try storageNode.text()
        guard let storage = seed.storages.first(where: { $0.name == name }) else {
            throw storageNode.error("there is no storage \(name)")
        }
        let time = try SeedValues.time(reader.required("time"))
        let format = guest.kind == .qemu ? "vma.zst" : "tar.zst"
        return SimulatedVolume(
            "\(name):backup/vzdump-\(guest.kind.rawValue)-\(vmid)-\(CalendarDate(time).fileName).\(format)",
            node: storage.shared ? nil : guest.node, content: "backup", format: format,
            size: try reader.optional("size").map { (node) throws(YAMLError) in try SeedValues.size(node) } ?? 1 << 30,
            vmid: vmid, created: time, notes: try reader.optional("notes")?.text(),
            protected: try reader.optional("protected")?.boolean() ?? false, backedUp: guest.config)
    }

    /// A file on a storage; on one that is not shared every node has it.
    private static func file(_ node: YAMLNode, _ seed: ClusterSeed) throws(YAMLError) -> [SimulatedVolume] {
        let reader = try YAMLReader(node, of: "a file", keys: ["volume", "size", "time"])
        let volumeNode = try reader.required("volume")
        let volid = try volumeNode.text()
        guard let storage = seed.storages.first(where: { volid.hasPrefix($0.name + ":") }) else {
            throw volumeNode.error("a file is storage:content/name, on a storage that there is")
        }
        let size = try SeedValues.size(reader.required("size"))
        let time = try reader.optional("time").map { (node) throws(YAMLError) in try SeedValues.time(node) }
        let content = volid.dropFirst(storage.name.count + 1).prefix { $0 != "/" }
        let format = content == "vztmpl" ? "tzst" : String(volid.split(separator: ".").last ?? "raw")
        let nodes: [String?] = storage.shared ? [nil] : seed.nodes.map(\.name).filter(storage.serves)
        return nodes.map {
            SimulatedVolume(
                volid, node: $0, content: String(content), format: format, size: size, created: time ?? 1_735_689_600)
        }
    }
}

extension SeedReader {
    private mutating func guest(_ node: YAMLNode, _ seed: ClusterSeed) throws(YAMLError) -> SimulatedGuest {
        let reader = try YAMLReader(
            node, of: "a guest",
            keys: [
                "vmid", "type", "name", "node", "status", "tags", "pool", "storage", "disk", "config", "snapshots",
                "ha",
                "lock", "template", "ignores-shutdown", "agent-running",
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

/// Values that a cluster's description writes as text.
enum SeedValues {
    static func texts(_ node: YAMLNode) throws(YAMLError) -> [String] {
        var result: [String] = []
        for element in try node.elements() { result.append(try element.text()) }
        return result
    }

    /// Bytes from `64G`.
    static func size(_ node: YAMLNode) throws(YAMLError) -> Int {
        guard let size = DiskSize.parse(try node.text()), size > 0 else {
            throw node.error("expected a size such as 64G")
        }
        return size
    }

    /// Seconds since 1970 from `2026-11-20T01:00:00Z`.
    static func time(_ node: YAMLNode) throws(YAMLError) -> Double {
        let text = try node.text()
        let numbers = text.split(whereSeparator: { "-T:Z".contains($0) }).map { Int($0) ?? -1 }
        guard text.hasSuffix("Z"), numbers.count == 6, numbers.allSatisfy({ (0...9999).contains($0) }),
            (1...12).contains(numbers[1])
        else { throw node.error("expected a time such as 2026-11-20T01:00:00Z") }
        // Days from a date in the Gregorian calendar, with years that begin in March.
        let year = numbers[1] <= 2 ? numbers[0] - 1 : numbers[0]
        let month = (numbers[1] + 9) % 12
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + numbers[2] - 1 - 719_468
        return Double(days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
    }

    static func makeTemplate(_ guest: inout SimulatedGuest) {
        guest.config["template"] = "1"
        for key in guest.config.keys where GuestOptions.isDisk(key) {
            guest.config[key] = guest.config[key]?.replacing("vm-\(guest.vmid)-", with: "base-\(guest.vmid)-")
        }
    }
}
