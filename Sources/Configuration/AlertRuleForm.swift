// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import YAML

/// The form of the monitor's rules.
struct AlertRuleForm {
    /// How often an alert is told again where a rule does not say.
    let repeats: Double?

    /// The keys that every rule may have.
    private static let common = ["id", "when", "severity", "for", "resolve_after", "repeat"]
    /// The keys that a rule may have besides, by what it looks for.
    private static let own: [String: [String]] = [
        "cluster_unreachable": [], "cannot_see": [], "no_quorum": [], "node_offline": ["nodes"],
        "storage_above": ["percent", "clear", "storages", "nodes"], "storage_unavailable": ["storages", "nodes"],
        "memory_above": ["percent", "clear", "nodes"], "cpu_above": ["percent", "clear", "nodes"],
        "load_above": ["load", "clear", "nodes"], "guest_stopped": ["guests", "except", "nodes"],
        "guest_unresponsive": ["guests", "except", "nodes"], "backup_older": ["age", "guests", "except", "nodes"],
        "snapshot_older": ["age", "snapshots", "guests", "except", "nodes"],
        "task_failed": ["types", "within", "nodes"], "certificate_expires": ["within", "nodes"],
    ]
    private static let conditions = [
        "node_offline", "no_quorum", "storage_above", "storage_unavailable", "memory_above", "cpu_above", "load_above",
        "guest_stopped", "guest_unresponsive", "backup_older", "snapshot_older", "task_failed", "certificate_expires",
        "cluster_unreachable", "cannot_see",
    ]

    func rules(_ list: YAMLNode) throws(YAMLError) -> [AlertRule] {
        var rules: [AlertRule] = []
        for element in try list.elements() {
            let rule = try rule(element)
            guard !rules.contains(where: { $0.id == rule.id }) else {
                throw element.error("there are two rules `\(rule.id)`")
            }
            rules.append(rule)
        }
        for standing in MonitorPlan.always where !rules.contains(where: { $0.condition == standing.condition }) {
            guard !rules.contains(where: { $0.id == standing.id }) else {
                throw list.error("`\(standing.id)` is the name of a rule that is always there; choose another one")
            }
            rules.append(standing)
        }
        return rules
    }

    private func rule(_ node: YAMLNode) throws(YAMLError) -> AlertRule {
        guard let when = node["when"] else { throw node.error("a rule needs the key `when`") }
        let name = try when.word(of: Self.conditions)
        let reader = try YAMLReader(
            node, of: "a rule `\(name)`", keys: Self.common + (Self.own[name] ?? []),
            explanations: Self.explanations(name))
        let idNode = try reader.required("id")
        let id = try idNode.text()
        let isProper = id.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
        guard isProper, (1...64).contains(id.utf8.count) else {
            throw idNode.error("a rule's name is made of letters, digits, `-`, `_` and `.`, at most 64")
        }
        var rule = AlertRule(id, try condition(name, reader), repeats: repeats)
        rule.severity = try AlertSeverity.read(reader.optional("severity")) ?? .warning
        rule.hold = try reader.optional("for").map { (node) throws(YAMLError) in try Span.seconds(node) } ?? 0
        rule.calm = try reader.optional("resolve_after").map { (node) throws(YAMLError) in try Span.seconds(node) } ?? 0
        if let value = reader.optional("repeat") { rule.repeats = try Span.secondsOrNever(value) }
        if let value = reader.optional("guests") { rule.guests = try GuestSelectorForm.read(value) }
        rule.except = try reader.optional("except").map(GuestSelectorForm.read)
        rule.nodes = try Globs.read(reader.optional("nodes"))
        rule.storages = try Globs.read(reader.optional("storages"))
        return rule
    }

    private func condition(_ name: String, _ reader: YAMLReader) throws(YAMLError) -> AlertCondition {
        func span(_ key: String) throws(YAMLError) -> Double { try Span.seconds(reader.required(key), least: 1) }
        switch name {
        case "cluster_unreachable": return .clusterUnreachable
        case "cannot_see": return .cannotSee
        case "node_offline": return .nodeOffline
        case "no_quorum": return .noQuorum
        case "storage_above": return .storageAbove(try threshold("percent", 0...100, reader))
        case "storage_unavailable": return .storageUnavailable
        case "memory_above": return .memoryAbove(try threshold("percent", 0...100, reader))
        case "cpu_above": return .cpuAbove(try threshold("percent", 0...100, reader))
        case "load_above": return .loadAbove(try threshold("load", 0...1000, reader))
        case "guest_stopped": return .guestStopped
        case "guest_unresponsive": return .guestUnresponsive
        case "backup_older": return .backupOlder(try span("age"))
        case "snapshot_older":
            return .snapshotOlder(try span("age"), names: try Globs.read(reader.optional("snapshots")))
        case "task_failed":
            let within = reader.optional("within") == nil ? 86_400 : try span("within")
            return .taskFailed(types: try Globs.read(reader.optional("types")), within: within)
        default: return .certificateExpires(try span("within"))
        }
    }

    private func threshold(
        _ key: String, _ range: ClosedRange<Double>, _ reader: YAMLReader
    ) throws(YAMLError) -> AlertThreshold {
        func figure(_ node: YAMLNode) throws(YAMLError) -> Double {
            let number = try node.number()
            guard range.contains(number) else {
                throw node.error("expected a number from 0 to \(Int(range.upperBound)), found `\(try node.text())`")
            }
            return number
        }
        let limit = try figure(try reader.required(key))
        guard let node = reader.optional("clear") else { return AlertThreshold(limit) }
        let clear = try figure(node)
        guard clear <= limit else { throw node.error("`clear` must not be above `\(key)`") }
        return AlertThreshold(limit, clear: clear)
    }

    /// What to say of a key that another rule has.
    private static func explanations(_ name: String) -> [String: String] {
        let mine = common + (own[name] ?? [])
        var result: [String: String] = [:]
        for key in own.values.joined() where !mine.contains(key) {
            let others = conditions.filter { own[$0]?.contains(key) == true }
            result[key] = "it goes with \(others.joined(separator: ", "))"
        }
        return result
    }
}

extension AlertSeverity {
    static func read(_ node: YAMLNode?) throws(YAMLError) -> AlertSeverity? {
        guard let node else { return nil }
        return AlertSeverity(rawValue: try node.word(of: AlertSeverity.allCases.map(\.rawValue)))
    }
}
