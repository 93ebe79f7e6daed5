// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Simulator

/// The live cluster in outline: members, storages, pools, and of each guest what the overview shows.
struct Outline {
    let live: LiveReader
    let reads: ReadLog
    let now: Double

    /// Reads it.
    ///
    /// - Throws: ``Failure`` where there is no overview; whatever else may not be read becomes a gap.
    func seed() async throws(Failure) -> ClusterSeed {
        let resources = try await live.read(["cluster", "resources"]).array ?? []
        let status = try await optional(["cluster", "status"])
        let storages = try await optional(["storage"])
        let pools = try await optional(["pools"])
        let services = try await optional(["cluster", "ha", "resources"])
        var seed = ClusterSeed(name: "twin", nodes: [])
        seed.nodes = nodes(resources, status)
        if let row = status.first(where: { $0["type"]?.perlText == "cluster" }) {
            seed.name = row["name"]?.perlText ?? seed.name
            seed.quorate = row["quorate"]?.perlBool ?? true
        }
        seed.storages = self.storages(resources, storages)
        seed.pools = pools.compactMap { row in
            row["poolid"]?.perlText.map { SimulatedPool($0, comment: row["comment"]?.perlText) }
        }
        for name in resources.compactMap({ $0["pool"]?.perlText }) where !seed.pools.contains(where: { $0.id == name })
        {
            seed.pools.append(SimulatedPool(name))
        }
        var states: [Int: String] = [:]
        for row in services {
            guard let vmid = row["sid"]?.perlText?.split(separator: ":").last.flatMap({ Int($0) }) else { continue }
            states[vmid] = row["state"]?.perlText ?? "started"
        }
        seed.guests = resources.compactMap { guest($0, states) }
        return seed
    }

    private func optional(_ path: [String]) async throws(Failure) -> [JSONValue] {
        do throws(Failure) { return try await live.read(path).array ?? [] } catch {
            guard error.status != nil, error.kind != .auth else { throw error }
            reads.note(gap: "GET /\(path.joined(separator: "/")): \(error.message)")
            return []
        }
    }

    private func nodes(_ resources: [JSONValue], _ status: [JSONValue]) -> [SimulatedNode] {
        var result: [SimulatedNode] = []
        // The member that answers stands first, as in a simulated cluster.
        let members = status.filter { $0["type"]?.perlText == "node" }.sorted {
            ($0["local"]?.perlBool ?? false) && !($1["local"]?.perlBool ?? false)
        }
        for row in members {
            guard let name = row["name"]?.perlText else { continue }
            result.append(
                SimulatedNode(
                    name, address: row["ip"]?.perlText ?? "192.0.2.2", online: row["online"]?.perlBool ?? true))
        }
        for row in resources {
            guard let name = row["node"]?.perlText, !result.contains(where: { $0.name == name }) else { continue }
            result.append(SimulatedNode(name))
        }
        for row in resources where row["type"]?.perlText == "node" {
            guard let index = result.firstIndex(where: { $0.name == row["node"]?.perlText }) else { continue }
            if members.isEmpty { result[index].online = row["status"]?.perlText != "offline" }
            if let uptime = row["uptime"]?.perlNumber { result[index].bootTime = now - uptime }
            if let count = row["maxcpu"]?.perlInteger { result[index].processors = count }
            if let memory = row["maxmem"]?.perlInteger { result[index].memory = memory }
        }
        return result
    }

    private func storages(_ resources: [JSONValue], _ definitions: [JSONValue]) -> [SimulatedStorage] {
        var result: [SimulatedStorage] = []
        for row in definitions {
            guard let name = row["storage"]?.perlText else { continue }
            var storage = SimulatedStorage(
                name, plugin: row["type"]?.perlText ?? "dir", content: Self.list(row["content"]),
                shared: row["shared"]?.perlBool ?? false, nodes: Self.list(row["nodes"]), path: row["path"]?.perlText)
            storage.enabled = !(row["disable"]?.perlBool ?? false)
            if let text = row["prune-backups"]?.perlText { storage.retention = text }
            result.append(storage)
        }
        var seen: [String: [JSONValue]] = [:]
        for row in resources where row["type"]?.perlText == "storage" {
            if let name = row["storage"]?.perlText { seen[name, default: []].append(row) }
        }
        for (name, rows) in seen.sorted(by: { $0.key < $1.key }) {
            guard let row = rows.first else { continue }
            let index = result.firstIndex { $0.name == name } ?? result.endIndex
            if index == result.endIndex {
                result.append(
                    SimulatedStorage(
                        name, plugin: row["plugintype"]?.perlText ?? "dir", content: Self.list(row["content"]),
                        nodes: rows.compactMap { $0["node"]?.perlText }))
            }
            // The overview knows it even of plug-ins whose definition does not say so.
            result[index].shared = result[index].shared || (row["shared"]?.perlBool ?? false)
            result[index].active = rows.contains { $0["status"]?.perlText == "available" }
            result[index].size = row["maxdisk"]?.perlInteger ?? result[index].size
            result[index].used = row["disk"]?.perlInteger ?? result[index].used
        }
        return result
    }

    private static func list(_ value: JSONValue?) -> [String] {
        (value?.perlText ?? "").split(separator: ",").map(String.init)
    }

    private func guest(_ row: JSONValue, _ states: [Int: String]) -> SimulatedGuest? {
        guard let kind = GuestKind(rawValue: row["type"]?.perlText ?? ""), let vmid = row["vmid"]?.perlInteger,
            let node = row["node"]?.perlText
        else { return nil }
        var config = GuestConfig()
        config[kind == .qemu ? "name" : "hostname"] = row["name"]?.perlText
        config["tags"] = row["tags"]?.perlText
        if row["template"]?.perlBool == true { config["template"] = "1" }
        var guest = SimulatedGuest(
            kind, vmid, node: node, power: .init(row["status"]?.perlText), startedAt: now - 1, config: config)
        if let uptime = row["uptime"]?.perlNumber { guest.startedAt = now - uptime }
        guest.pool = row["pool"]?.perlText
        guest.lock = row["lock"]?.perlText
        guest.haState = states[vmid]
        return guest
    }
}

extension SimulatedGuest.Power {
    /// Reads a status as lists show it.
    init(_ text: String?) {
        switch text {
        case "running": self = .running
        case "paused", "suspended": self = .paused
        case "prelaunch": self = .prelaunch
        default: self = .stopped
        }
    }
}
