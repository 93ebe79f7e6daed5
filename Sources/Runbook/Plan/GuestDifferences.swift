// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Plan
internal import Proxmox

/// What is different of guests before and after an operation.
enum GuestDifferences {
    /// Keys of a configuration that change by themselves or say the same in other words.
    private static let silent: Set<String> = [
        "digest", "vmgenid", "meta", "lock", "template", "tags", "name", "hostname",
    ]

    /// What is different of one guest; nil stands for one that is not there.
    static func between(_ before: GuestFacts?, _ after: GuestFacts?) -> [PlannedDifference] {
        guard let before, let after else {
            guard before != nil || after != nil else { return [] }
            return [PlannedDifference("guest", before: before.map(describe), after: after.map(describe))]
        }
        let facts: [(String, String?, String?)] = [
            ("status", before.state, after.state), ("node", before.node.rawValue, after.node.rawValue),
            ("name", before.name, after.name), ("tags", tags(before), tags(after)),
            ("pool", some(before.pool), some(after.pool)), ("lock", before.lock, after.lock),
            ("template", flag(before.isTemplate), flag(after.isTemplate)),
        ]
        let differences = facts.filter { $0.1 != $0.2 }.map { PlannedDifference($0.0, before: $0.1, after: $0.2) }
        return differences + configuration(before.config, after.config)
    }

    private static func configuration(_ before: JSONObject, _ after: JSONObject) -> [PlannedDifference] {
        Set(before.keys).union(after.keys).subtracting(silent).sorted().compactMap { key in
            guard before[key] != after[key] else { return nil }
            return PlannedDifference(key, before: shown(before[key], key), after: shown(after[key], key))
        }
    }

    private static func shown(_ value: JSONValue?, _ key: String) -> String? {
        guard let value else { return nil }
        if Redaction.isSecret(key) { return Redaction.mark }
        let text = value.string ?? value.text
        return text.count > 200 ? text.prefix(200) + "…" : text
    }

    private static func describe(_ guest: GuestFacts) -> String {
        "\(guest.vmid) \(guest.name) (\(guest.kind.rawValue)) on \(guest.node), \(guest.state)"
    }

    private static func tags(_ guest: GuestFacts) -> String? { some(guest.tags.sorted().joined(separator: ";")) }
    private static func some(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    private static func flag(_ flag: Bool) -> String? { flag ? "yes" : nil }
}
