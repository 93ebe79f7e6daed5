// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML
internal import Text

/// The form of the section `monitor`.
struct MonitorForm {
    let home: String

    func section(_ node: YAMLNode) throws(YAMLError) -> MonitorConfiguration {
        let reader = try YAMLReader(
            node, of: "monitor", keys: ["interval", "slow_interval", "repeat", "rules", "silence", "channels"])
        var plan = MonitorPlan.shipped
        if let value = reader.optional("interval") { plan.interval = try Span.seconds(value, least: 1) }
        if let value = reader.optional("slow_interval") { plan.slowInterval = try Span.seconds(value, least: 1) }
        let repeats = try reader.optional("repeat").map(Span.secondsOrNever) ?? MonitorPlan.usualRepeat
        if let list = reader.optional("rules") {
            plan.rules = try AlertRuleForm(repeats: repeats).rules(list)
        } else if reader.optional("repeat") != nil {
            for index in plan.rules.indices { plan.rules[index].repeats = repeats }
        }
        for element in try reader.optional("silence")?.elements() ?? [] {
            plan.silences.append(try silence(element, rules: plan.rules.map(\.id)))
        }
        var channels: [AlertChannelConfiguration] = []
        for element in try reader.optional("channels")?.elements() ?? [] {
            let channel = try AlertChannelForm(home: home).channel(element, rules: plan.rules.map(\.id) + ["approval"])
            guard !channels.contains(where: { $0.id == channel.id }) else {
                throw element.error("there are two channels `\(channel.id)`")
            }
            channels.append(channel)
        }
        return MonitorConfiguration(plan: plan, channels: channels)
    }

    private func silence(_ node: YAMLNode, rules: [String]) throws(YAMLError) -> AlertSilence {
        let reader = try YAMLReader(
            node, of: "a silence", keys: ["rules", "guests", "nodes", "storages", "from", "until", "reason"])
        var silence = AlertSilence()
        silence.rules = try Globs.rules(reader.optional("rules"), among: rules)
        silence.guests = try reader.optional("guests").map(GuestSelectorForm.read)
        silence.nodes = try Globs.read(reader.optional("nodes"))
        silence.storages = try Globs.read(reader.optional("storages"))
        silence.from = try reader.optional("from").map(moment)
        silence.until = try reader.optional("until").map(moment)
        _ = try reader.optional("reason")?.text()
        if silence.guests == nil, silence.rules.isEmpty, silence.nodes.isEmpty, silence.storages.isEmpty {
            throw node.error("a silence names rules, guests, nodes or storages")
        }
        if let from = silence.from, let until = silence.until, from >= until {
            throw node.error("the silence ends before it begins")
        }
        return silence
    }

    private func moment(_ node: YAMLNode) throws(YAMLError) -> Double {
        guard let seconds = UTCTime.seconds(try node.text()) else {
            throw node.error("expected a time in UTC such as 2026-12-01 or 2026-12-01T06:00:00Z")
        }
        return seconds
    }
}

/// Patterns, one or a list of them.
enum Globs {
    static func read(_ node: YAMLNode?) throws(YAMLError) -> [Glob] { try texts(node).map { Glob($0.text) } }

    /// Patterns of which each matches a rule that there is.
    static func rules(_ node: YAMLNode?, among rules: [String]) throws(YAMLError) -> [Glob] {
        var globs: [Glob] = []
        for (text, node) in try texts(node) {
            let glob = Glob(text)
            guard rules.contains(where: { glob.matches($0) }) else { throw node.error("no rule is called `\(text)`") }
            globs.append(glob)
        }
        return globs
    }

    static func texts(_ node: YAMLNode?) throws(YAMLError) -> [(text: String, node: YAMLNode)] {
        guard let node else { return [] }
        guard case .sequence(let elements) = node.kind else { return [(try node.text(), node)] }
        guard !elements.isEmpty else { throw node.error("the list is empty: leave it out for all") }
        var result: [(text: String, node: YAMLNode)] = []
        for element in elements { result.append((try element.text(), element)) }
        return result
    }
}

/// Lengths of time of this section, which may be days.
enum Span {
    /// The longest that a rule may look back or wait.
    static let longest = 3660.0 * 86_400

    static func seconds(_ node: YAMLNode, least: Double = 0) throws(YAMLError) -> Double {
        let text = try node.text()
        guard let seconds = TimeSpan.seconds(text) else {
            throw node.error("expected a time such as 30s, 5m, 26h or 14d, found `\(text)`")
        }
        guard seconds >= least else { throw node.error("expected a time of \(Int(least))s or more") }
        guard seconds <= longest else { throw node.error("longer than ten years") }
        return seconds
    }

    static func secondsOrNever(_ node: YAMLNode) throws(YAMLError) -> Double? {
        if try node.text() == "never" { return nil }
        return try seconds(node, least: 60)
    }
}
