// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ClusterSeed {
    /// The cluster as YAML that ``init(yaml:file:)`` reads again; users and access rules are left out.
    ///
    /// - Parameter notes: Lines of comment above it.
    public func yaml(notes: [String] = []) -> String { SeedWriter(seed: self).text(notes) }
}

/// Writes a cluster's description, complete: nothing is left to be made up by the reader.
struct SeedWriter {
    let seed: ClusterSeed

    func text(_ notes: [String]) -> String {
        var lines = notes.map { "# " + $0.filter { !$0.isNewline } }
        lines += ["version: 1", "name: \(Self.quoted(seed.name))"]
        if let time = seed.time { lines.append("time: \(UTCTime.text(time))") }
        if !seed.quorate { lines.append("quorate: false") }
        lines += list("nodes", seed.nodes.map(Self.node))
        lines += list("storages", seed.storages.map(Self.storage))
        lines += list(
            "pools", seed.pools.map { pool in [("id", Self.quoted(pool.id))] + Self.pair("comment", pool.comment) })
        lines += seed.guests.isEmpty ? [] : ["guests:"] + seed.guests.flatMap(Self.guest)
        lines += list("volumes", seed.volumes.map(Self.volume))
        return lines.map { $0 + "\n" }.joined()
    }

    private typealias Pairs = [(key: String, value: String)]

    private func list(_ name: String, _ rows: [Pairs]) -> [String] {
        rows.isEmpty ? [] : ["\(name):"] + rows.map { "  - " + Self.braces($0) }
    }

    private static func node(_ node: SimulatedNode) -> Pairs {
        let online: Pairs = node.online ? [] : [("online", "false")]
        return [
            ("name", quoted(node.name)), ("address", quoted(node.address)), ("cores", String(node.processors)),
            ("memory", quoted(String(node.memory))), ("disk", quoted(String(node.disk))),
        ] + online
    }

    private static func storage(_ storage: SimulatedStorage) -> Pairs {
        var pairs: Pairs = [
            ("name", quoted(storage.name)), ("type", quoted(storage.plugin)), ("content", texts(storage.content)),
            ("shared", String(storage.shared)), ("size", quoted(String(max(1, storage.size)))),
            ("used", quoted(String(max(1, storage.used)))),
        ]
        if !storage.nodes.isEmpty { pairs.append(("nodes", texts(storage.nodes))) }
        pairs += pair("path", storage.path)
        if !storage.enabled { pairs.append(("enabled", "false")) }
        if !storage.active { pairs.append(("active", "false")) }
        if Retention(storage.retention) != nil { pairs.append(("prune", quoted(storage.retention))) }
        return pairs
    }

    private static func guest(_ guest: SimulatedGuest) -> [String] {
        let isOn = guest.power == .running || guest.power == .paused
        var lines = [
            "  - vmid: \(guest.vmid)", "    type: \(guest.kind.rawValue)", "    node: \(quoted(guest.node))",
            "    status: \(isOn ? guest.power.rawValue : "stopped")", "    complete: true",
        ]
        if isOn, guest.startedAt > 0 { lines.append("    started: \(UTCTime.text(guest.startedAt.rounded()))") }
        for (key, value) in pair("pool", guest.pool) + pair("ha", guest.haState) + pair("lock", guest.lock) {
            lines.append("    \(key): \(value)")
        }
        lines += mapping("config", guest.config, indent: 4)
        guard !guest.snapshots.isEmpty else { return lines }
        lines.append("    snapshots:")
        for snapshot in guest.snapshots {
            lines.append("      - name: \(quoted(snapshot.name))")
            lines.append("        time: \(UTCTime.text(snapshot.time))")
            if !snapshot.description.isEmpty { lines.append("        description: \(quoted(snapshot.description))") }
            if snapshot.withMemory { lines.append("        memory: true") }
            if let parent = snapshot.parent { lines.append("        parent: \(quoted(parent))") }
            lines += mapping("config", snapshot.config, indent: 8)
        }
        return lines
    }

    private static func mapping(_ name: String, _ config: GuestConfig, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        guard !config.isEmpty else { return ["\(space)\(name): {}"] }
        return ["\(space)\(name):"] + config.entries.map { "\(space)  \(quoted($0.key)): \(quoted($0.value))" }
    }

    private static func volume(_ volume: SimulatedVolume) -> Pairs {
        var pairs: Pairs = [("volume", quoted(volume.volid))] + pair("node", volume.node)
        pairs += [
            ("content", quoted(volume.content)), ("format", quoted(volume.format)), ("size", String(volume.size)),
        ]
        if let vmid = volume.vmid { pairs.append(("vmid", String(vmid))) }
        if volume.created > 0 { pairs.append(("time", UTCTime.text(volume.created))) }
        pairs += pair("notes", volume.notes)
        if volume.protected { pairs.append(("protected", "true")) }
        return pairs
    }

    // MARK: - Words of YAML

    private static func braces(_ pairs: Pairs) -> String {
        "{ " + pairs.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + " }"
    }

    private static func pair(_ key: String, _ value: String?) -> Pairs { value.map { [(key, quoted($0))] } ?? [] }

    private static func texts(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: ", ") + "]" }

    /// Text as YAML takes it for itself: bare where nothing in it means anything, else in double quotes.
    static func quoted(_ text: String) -> String {
        let isBare =
            text.utf8.first.map { $0.isASCIILetter } == true
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || [0x2d, 0x2e, 0x5f, 0x2f].contains($0) }
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        if isBare { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5c: result += "\\\\"
            case 0x20...0x7e, 0xa0...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd: result.unicodeScalars.append(scalar)
            case let number where number <= 0xffff: result += "\\u" + FNV.hex(UInt64(number), digits: 4)
            case let number: result += "\\U" + FNV.hex(UInt64(number), digits: 8)
            }
        }
        return result + "\""
    }
}
