// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// Reads a cluster's description.
struct SeedReader {
    private let top: YAMLReader
    var builder = SeedBuilder(seed: 8)
    private static let lists = ["nodes", "storages", "pools", "users", "acl", "guests", "backups", "files", "volumes"]

    /// Reads what is added to a cluster that is there already.
    init(addition root: YAMLNode, number: Int) throws(YAMLError) {
        top = try YAMLReader(root, of: "an addition", keys: Self.lists)
        builder = SeedBuilder(seed: 8 &+ UInt64(clamping: number))
    }

    init(_ root: YAMLNode) throws(YAMLError) {
        top = try YAMLReader(
            root, of: "a cluster", keys: ["version", "name", "time", "quorate", "lag"] + Self.lists)
        let version = try top.required("version")
        if try version.integer() != 1 { throw version.error("expected version 1") }
    }

    mutating func seed() throws(YAMLError) -> ClusterSeed {
        var seed = ClusterSeed(name: try top.optional("name")?.text() ?? "cluster", nodes: [])
        let nodes = try top.required("nodes")
        if try nodes.elements().isEmpty { throw nodes.error("a cluster needs a node") }
        try read(into: &seed)
        seed.time = try top.optional("time").map { (node) throws(YAMLError) in try SeedValues.time(node) }
        if let lag = top.optional("lag") { seed.lag = Double(try lag.integer(in: 0...3600)) }
        if let quorate = top.optional("quorate") { seed.quorate = try quorate.boolean() }
        return seed
    }

    /// Reads all lists; what they name must be in them or in the seed.
    mutating func read(into seed: inout ClusterSeed) throws(YAMLError) {
        for node in try list("nodes") { seed.nodes.append(try Self.node(node)) }
        for node in try list("storages") { seed.storages.append(try Self.storage(node)) }
        for node in try list("pools") {
            let reader = try YAMLReader(node, of: "a pool", keys: ["id", "comment"])
            seed.pools.append(
                SimulatedPool(try reader.required("id").text(), comment: try reader.optional("comment")?.text()))
        }
        for node in try list("users") { seed.users.append(try Self.user(node)) }
        for node in try list("acl") { seed.grants.append(try Self.grant(node)) }
        for node in try list("guests") { seed.guests.append(try guest(node, seed)) }
        for node in try list("volumes") { seed.volumes.append(try Self.volume(node, seed)) }
        seed.addMissingImages(created: builder.epoch)
        for node in try list("backups") { seed.volumes.append(try Self.backup(node, seed)) }
        for node in try list("files") { seed.volumes += try Self.file(node, seed) }
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
        if let cores = reader.optional("cores") { result.processors = try cores.integer(in: 1...8192) }
        if let memory = reader.optional("memory") { result.memory = try SeedValues.size(memory) }
        result.certificateUntil = try reader.optional("certificate-until").map { (node) throws(YAMLError) in
            try SeedValues.time(node)
        }
        if let disk = reader.optional("disk") { result.disk = try SeedValues.size(disk) }
        return result
    }

    private static func storage(_ node: YAMLNode) throws(YAMLError) -> SimulatedStorage {
        let reader = try YAMLReader(
            node, of: "a storage",
            keys: [
                "name", "type", "content", "shared", "nodes", "size", "used", "path", "enabled", "active", "prune",
            ])
        let size = try reader.optional("size").map { (node) throws(YAMLError) in try SeedValues.size(node) } ?? 1 << 40
        var result = SimulatedStorage(
            try reader.required("name").text(), plugin: try reader.optional("type")?.text() ?? "dir",
            content: try SeedValues.texts(reader.required("content")),
            shared: try reader.optional("shared")?.boolean() ?? false,
            nodes: try reader.optional("nodes").map { (node) throws(YAMLError) in try SeedValues.texts(node) } ?? [],
            size: size,
            used: try reader.optional("used").map { (node) throws(YAMLError) in try SeedValues.size(node) } ?? size / 5,
            path: try reader.optional("path")?.text())
        if let enabled = reader.optional("enabled") { result.enabled = try enabled.boolean() }
        if let active = reader.optional("active") { result.active = try active.boolean() }
        if let prune = reader.optional("prune") {
            result.retention = try prune.text()
            if Retention(result.retention) == nil { throw prune.error("expected something like keep-last=3") }
        }
        return result
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

    /// A volume as it is, without anything made up.
    private static func volume(_ node: YAMLNode, _ seed: ClusterSeed) throws(YAMLError) -> SimulatedVolume {
        let reader = try YAMLReader(
            node, of: "a volume",
            keys: ["volume", "node", "content", "format", "size", "vmid", "time", "notes", "protected"])
        let vmid = try reader.optional("vmid").map { (node) throws(YAMLError) in try node.integer(in: VMID.range) }
        let content = try reader.required("content").text()
        return SimulatedVolume(
            try reader.required("volume").text(), node: try reader.optional("node")?.text(), content: content,
            format: try reader.required("format").text(),
            size: try reader.required("size").integer(in: 0...Int.max), vmid: vmid,
            created: try reader.optional("time").map { (node) throws(YAMLError) in try SeedValues.time(node) } ?? 0,
            notes: try reader.optional("notes")?.text(),
            protected: try reader.optional("protected")?.boolean() ?? false,
            backedUp: content == "backup" ? seed.guests.first { $0.vmid == vmid }?.config : nil)
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
