// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Simulator

/// Reads one guest of the live cluster as the simulator has it.
struct GuestReader {
    /// How much of a guest is known.
    enum Depth: Int, Comparable {
        /// Configuration, state and the list of snapshots.
        case outside
        /// What the snapshots froze and which volumes there are, too.
        case whole

        static func < (left: Depth, right: Depth) -> Bool { left.rawValue < right.rawValue }
    }

    let live: LiveReader
    let reads: ReadLog
    let now: Double
    let kind: GuestKind
    let vmid: Int
    let node: String

    private var path: [String] { ["nodes", node, kind.rawValue, String(vmid)] }
    private static let beside: Set<String> = ["digest", "lock", "pending", "snapstate", "snaptime"]

    /// The guest; nil where it is new and the live cluster has none of that number there.
    ///
    /// - Throws: ``Failure`` where configuration or status cannot be read.
    func guest(_ outline: SimulatedGuest?, isNew: Bool) async throws(Failure) -> SimulatedGuest? {
        let answer: JSONValue
        do throws(Failure) { answer = try await live.read(path + ["config"]) } catch {
            if isNew, error.status == 500 { return nil }
            throw error
        }
        let status = try await live.read(path + ["status", "current"])
        var guest =
            outline ?? SimulatedGuest(kind, vmid, node: node, config: GuestConfig())
        guest.config = Self.config(answer)
        guest.lock = answer["lock"]?.perlText
        guest.power = .init(status["status"]?.perlText)
        if guest.isRunning, let detail = status["qmpstatus"]?.perlText { guest.power = .init(detail) }
        guest.startedAt = now - (status["uptime"]?.perlNumber ?? 0)
        if let pid = status["pid"]?.perlInteger { guest.processID = pid }
        for row in try await optional(["pending"]) {
            guard let key = row["key"]?.perlText, row["pending"] != nil || row["delete"] != nil else { continue }
            guest.live.updateValue(row["value"]?.perlText, forKey: key)
        }
        guest.snapshots = Self.snapshots(try await optional(["snapshot"]))
        if let digest = answer["digest"]?.perlText { guest.pin(digest) }
        return guest
    }

    /// What snapshots froze, by name.
    func snapshotConfigs(_ names: [String]) async -> [String: GuestConfig] {
        var result: [String: GuestConfig] = [:]
        for name in names {
            do throws(Failure) {
                var config = Self.config(try await live.read(path + ["snapshot", name, "config"]))
                // These two are the snapshot's own.
                (config["description"], config["parent"]) = (nil, nil)
                result[name] = config
            } catch {
                reads.note(
                    gap: "GET /\((path + ["snapshot", name, "config"]).joined(separator: "/")): \(error.message)")
            }
        }
        return result
    }

    private func optional(_ rest: [String]) async throws(Failure) -> [JSONValue] {
        do throws(Failure) { return try await live.read(path + rest).array ?? [] } catch {
            guard error.status != nil else { throw error }
            reads.note(gap: "GET /\((path + rest).joined(separator: "/")): \(error.message)")
            return []
        }
    }

    static func config(_ answer: JSONValue) -> GuestConfig {
        var config = GuestConfig()
        for member in answer.object?.members ?? [] where !beside.contains(member.key) {
            config[member.key] = member.value.perlText
        }
        return config
    }

    /// Reads a configuration file, up to its first section.
    static func config(lines text: String) -> GuestConfig {
        var config = GuestConfig()
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("[") { break }
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
            let key = String(line[..<colon])
            if !beside.contains(key) {
                config[key] = String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }
        return config
    }

    /// The snapshots, oldest first; what they froze is still empty.
    private static func snapshots(_ rows: [JSONValue]) -> [SimulatedSnapshot] {
        rows.compactMap { row in
            guard let name = row["name"]?.perlText, name != "current" else { return nil }
            return SimulatedSnapshot(
                name, time: row["snaptime"]?.perlNumber ?? 0, description: row["description"]?.perlText ?? "",
                parent: row["parent"]?.perlText, withMemory: row["vmstate"]?.perlBool ?? false, config: GuestConfig(),
                state: row["snapstate"]?.perlText)
        }
    }
}
