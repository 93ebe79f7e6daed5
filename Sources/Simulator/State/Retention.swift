// SPDX-License-Identifier: Apache-2.0

/// Which backups of a guest to keep, as `keep-last=3,keep-daily=7` says (PVE::Storage, `prune_mark_backup_group`).
struct Retention: Sendable, Hashable {
    private static let units = ["last", "hourly", "daily", "weekly", "monthly", "yearly"]

    private(set) var counts: [String: Int] = [:]
    /// Whether nothing is removed: `keep-all`, or nothing above zero.
    var keepsAll: Bool { counts.values.allSatisfy { $0 == 0 } }
    /// As logs write it.
    var text: String {
        Self.units.compactMap { unit in counts[unit].map { "keep-\(unit)=\($0)" } }.joined(separator: ", ")
    }

    /// What is wrong with the text, or nil.
    static func complaint(_ text: String) -> String? {
        var names: Set<String> = []
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pieces.count == 2 else {
                return "format error\n\(part): missing key in comma-separated list property"
            }
            guard pieces[0] == "keep-all" || units.contains(where: { "keep-\($0)" == pieces[0] }) else {
                return "format error\n\(pieces[0]): property is not defined in schema and the schema does not allow "
                    + "additional properties"
            }
            guard let number = Int(pieces[1]), number >= 0, number < 1_000_000 else {
                return "format error\n\(pieces[0]): type check ('integer') failed - got '\(pieces[1])'"
            }
            names.insert(pieces[0])
        }
        if names.contains("keep-all"), names.count > 1 {
            return "keep-all cannot be set together with other options."
        }
        return nil
    }

    /// Reads the text; nil where something is wrong with it.
    init?(_ text: String) {
        if Self.complaint(text) != nil { return nil }
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: "=", maxSplits: 1).map(String.init)
            if pieces.count == 2, pieces[0] != "keep-all" { counts[String(pieces[0].dropFirst(5))] = Int(pieces[1]) }
        }
    }

    /// What the period of a moment is called; two of one period are one.
    private static func period(_ unit: String, _ time: Double, _ index: Int) -> Int {
        let date = CalendarDate(time)
        switch unit {
        case "hourly": return Int(max(0, min(time, 0x1p52))) / 3600
        case "daily": return date.dayNumber
        // Day 0 was a Thursday; weeks begin on Mondays.
        case "weekly": return (date.dayNumber + 3) / 7
        case "monthly": return date.year * 12 + date.month
        case "yearly": return date.year
        default: return index
        }
    }

    /// For each of one guest's backups, whether it stays; those that are protected take part in nothing.
    func keeps(_ times: [Double]) -> [Bool] {
        if keepsAll { return times.map { _ in true } }
        var marks: [Int: Bool] = [:]
        let newest = times.indices.sorted { (times[$0], $0) > (times[$1], $1) }
        for unit in Self.units {
            guard let count = counts[unit], count > 0 else { continue }
            let before = Set(newest.filter { marks[$0] == true }.map { Self.period(unit, times[$0], $0) })
            var fresh: Set<Int> = []
            for index in newest {
                let period = Self.period(unit, times[index], index)
                if marks[index] != nil || before.contains(period) { continue }
                if fresh.contains(period) {
                    marks[index] = false
                } else {
                    if fresh.count >= count { break }
                    fresh.insert(period)
                    marks[index] = true
                }
            }
        }
        return times.indices.map { marks[$0] ?? false }
    }
}

extension ClusterState {
    /// What becomes of a backup when its storage is pruned.
    enum PruneMark: String { case keep, remove, protected, renamed }

    /// The backups on a storage, each with what pruning makes of it.
    func pruned(
        _ storage: String, on node: String, _ retention: Retention, type: String? = nil, vmid: Int? = nil
    ) -> [(volume: SimulatedVolume, mark: PruneMark)] {
        let backups = volumes.filter { volume in
            volume.content == "backup" && volume.storage == storage && (volume.node == nil || volume.node == node)
                && (type ?? volume.subtype) == volume.subtype && (vmid == nil || vmid == volume.vmid)
        }
        var rows = backups.map { volume -> (volume: SimulatedVolume, mark: PruneMark) in
            (volume, volume.protected ? .protected : volume.hasStandardName ? .remove : .renamed)
        }
        let groups = Dictionary(grouping: rows.indices.filter { rows[$0].mark == .remove }) {
            "\(rows[$0].volume.subtype ?? "")/\(rows[$0].volume.vmid ?? 0)"
        }
        for group in groups.values {
            let keeps = retention.keeps(group.map { rows[$0].volume.created })
            for (index, keep) in zip(group, keeps) where keep { rows[index].mark = .keep }
        }
        return rows
    }
}

extension SimulatedVolume {
    /// Whether a backup is still called as vzdump called it.
    var hasStandardName: Bool {
        let file = name.split(separator: "/").last ?? ""
        let parts = file.prefix { $0 != "." }.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 5 && parts[0] == "vzdump" && ["qemu", "lxc", "openvz"].contains(String(parts[1]))
            && Int(parts[2]) != nil && parts[3].split(separator: "_").count == 3
            && parts[4].split(separator: "_").count == 3
    }
}
