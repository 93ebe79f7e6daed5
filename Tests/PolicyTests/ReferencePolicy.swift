// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import TestSupport

/// Random policies, judged here once more in the plainest way there is.
struct ReferencePolicy {
    enum Truth: Int { case no, unknown, yes }

    struct Condition {
        var tag: String?
        var node: String?
        var vmid: Int?
        var storage: String?

        var texts: [String] {
            [
                tag.map { "tag: \"\($0)\"" }, node.map { "node: \($0)" }, vmid.map { "vmid: \($0)" },
                storage.map { "storage: \($0)" },
            ].compactMap(\.self)
        }
        var isLabel: Bool { tag != nil && node == nil && vmid == nil && storage == nil }

        /// Whether all hold: the least of them.
        func holds(_ guest: PolicyGuest?, _ storages: [String]?) -> Truth {
            var all: [Truth] = []
            if let tag { all.append(truth(guest) { $0.tags.map { $0.contains { covers(tag, $0) } } }) }
            if let node { all.append(truth(guest) { $0.node.map { $0 == node } }) }
            if let vmid { all.append(truth(guest) { $0.vmid.map { $0 == vmid } }) }
            if let storage { all.append(storages.map { $0.contains(storage) ? .yes : .no } ?? .unknown) }
            return all.min { $0.rawValue < $1.rawValue } ?? .yes
        }

        private func truth(_ guest: PolicyGuest?, _ test: (PolicyGuest) -> Bool?) -> Truth {
            guard let guest else { return .no }
            return test(guest).map { $0 ? .yes : .no } ?? .unknown
        }
    }

    struct Rule {
        var patterns: [String]
        var except: [String]
        var effect: Effect
        var callers: [Caller]
        var condition: Condition
        var unless: Condition

        func yaml(_ id: String) -> String {
            var text = "  - { id: \(id), actions: \(patterns), effect: \(effect.rawValue), "
            if !except.isEmpty { text += "except: \(except), " }
            if !condition.texts.isEmpty { text += "where: { \(condition.texts.joined(separator: ", ")) }, " }
            if !unless.texts.isEmpty { text += "unless: { \(unless.texts.joined(separator: ", ")) }, " }
            return text + "callers: \(callers.map(\.rawValue)) }"
        }

        func truth(_ action: Action, _ caller: Caller, _ guest: PolicyGuest?, _ storages: [String]?) -> Truth {
            guard callers.contains(caller), patterns.contains(where: { covers($0, action.rawValue) }),
                !except.contains(where: { covers($0, action.rawValue) })
            else { return .no }
            let inside = condition.holds(guest, storages)
            let outside = unless.texts.isEmpty ? Truth.no : unless.holds(guest, storages)
            if inside == .no || outside == .yes { return .no }
            return inside == .yes && outside == .no ? .yes : .unknown
        }
    }

    var rules: [Rule]

    var yaml: String {
        rules.isEmpty
            ? "version: 1\nrules: []"
            : "version: 1\nrules:\n" + rules.enumerated().map { $1.yaml("r\($0)") }.joined(separator: "\n")
    }

    func effect(_ question: PolicyQuestion, isCeiling: Bool = false) -> Effect {
        guard !question.actions.isEmpty else { return .deny }
        var strictest = Effect.allow
        for action in question.actions {
            let nobody: [PolicyGuest?] = [action.rawValue.hasPrefix("guest.") ? PolicyGuest() : nil]
            let parts: [[String]?] = question.storages.map { $0.isEmpty ? [[]] : $0.map { [$0] } } ?? [nil]
            for guest in question.guests.isEmpty ? nobody : question.guests {
                for storages in parts {
                    var isPermitted = isCeiling
                    for rule in rules {
                        let truth = rule.truth(action, question.caller, guest, storages)
                        if truth == .yes, !rule.condition.isLabel { isPermitted = true }
                        if truth != .no { strictest = max(strictest, rule.effect) }
                    }
                    if !isPermitted { strictest = .deny }
                }
            }
        }
        return strictest
    }

    // MARK: - Chance

    static let actions: [Action] = ["guest.stop", "guest.start", "guest.config", "task.stop", "read.node"]

    static func rule(_ random: inout SplitMix, hasBase: Bool) -> Rule {
        var rule = Rule(
            patterns: (0...random.below(2)).map { _ in
                random.pick(["*", "guest.*", "*.stop", "guest.start", "read.*"])
            },
            except: random.pick([[], [], ["read.*"], ["guest.stop"]]), effect: random.pick(Effect.allCases),
            callers: random.pick([[.human], [.agent, .ci], Caller.allCases]),
            condition: random.below(2) == 0 ? Condition() : condition(&random),
            unless: random.below(3) > 0 ? Condition() : condition(&random))
        // Labels alone would not load where they loosen.
        if rule.condition.isLabel, !hasBase, rule.effect < .deny { rule.condition.node = "pve1" }
        if rule.unless.isLabel, rule.effect > .allow { rule.unless.vmid = 101 }
        return rule
    }

    private static func condition(_ random: inout SplitMix) -> Condition {
        Condition(
            tag: random.pick([nil, "crown-*", "web"]), node: random.pick([nil, nil, "pve1"]),
            vmid: random.pick([nil, nil, 101]), storage: random.pick([nil, nil, "local"]))
    }

    static func random(_ random: inout SplitMix) -> ReferencePolicy {
        let hasBase = random.below(3) > 0
        var rules = (0..<random.below(4)).map { _ in rule(&random, hasBase: hasBase) }
        if hasBase {
            rules.insert(
                Rule(
                    patterns: ["*"], except: [], effect: random.pick([.allow, .allow, .confirm]),
                    callers: Caller.allCases, condition: Condition(), unless: Condition()),
                at: random.below(rules.count + 1))
        }
        return ReferencePolicy(rules: rules)
    }

    static func question(_ random: inout SplitMix) -> PolicyQuestion {
        let guests = (0..<random.below(3)).map { _ in
            PolicyGuest(
                vmid: random.pick([nil, 101, 102]), node: random.pick([nil, "pve1", "pve2"]),
                tags: random.pick([nil, [], ["web"], ["x", "crown-1"]]))
        }
        return PolicyQuestion(
            actions: Set((0..<random.below(3)).map { _ in random.pick(actions) }), caller: random.pick(Caller.allCases),
            guests: guests, storages: random.pick([nil, [], ["local"], ["local", "ceph"]]))
    }
}

private func covers(_ pattern: String, _ text: String) -> Bool {
    pattern == "*" || pattern == text || pattern.hasSuffix("*") && text.hasPrefix(String(pattern.dropLast()))
        || pattern.hasPrefix("*") && text.hasSuffix(String(pattern.dropFirst()))
}
