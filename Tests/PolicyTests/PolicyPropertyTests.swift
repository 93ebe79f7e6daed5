// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Testing

/// Random policies and questions, judged here once more in the plainest way there is.
struct PolicyPropertyTests {
    private struct Rule {
        var patterns: [String]
        var except: [String]
        var effect: Effect
        var callers: [Caller]
        var tag: String?
        var node: String?

        func yaml(_ index: Int) -> String {
            let conditions = [tag.map { "tag: \"\($0)\"" }, node.map { "node: \($0)" }].compactMap(\.self)
            var text = "  - { id: r\(index), actions: \(patterns), effect: \(effect.rawValue), "
            if !except.isEmpty { text += "except: \(except), " }
            if !conditions.isEmpty { text += "where: { \(conditions.joined(separator: ", ")) }, " }
            return text + "callers: \(callers.map(\.rawValue)) }"
        }
    }

    private static let actions: [Action] = ["guest.stop", "guest.start", "guest.config", "task.stop", "read.node"]

    private func covers(_ pattern: String, _ text: String) -> Bool {
        pattern == "*" || pattern == text
            || pattern.hasSuffix("*") && text.hasPrefix(String(pattern.dropLast()))
            || pattern.hasPrefix("*") && text.hasSuffix(String(pattern.dropFirst()))
    }

    private func expected(_ rules: [Rule], _ question: PolicyQuestion) -> Effect {
        var strictest: Effect?
        for action in question.actions {
            var guest = question.guests.first
            if guest == nil, action.rawValue.hasPrefix("guest.") { guest = PolicyGuest() }
            var found: Effect?
            for rule in rules where rule.callers.contains(question.caller) {
                guard rule.patterns.contains(where: { covers($0, action.rawValue) }),
                    !rule.except.contains(where: { covers($0, action.rawValue) })
                else { continue }
                if let tag = rule.tag {
                    guard let guest else { continue }
                    let holds = guest.tags.map { $0.contains { covers(tag, $0) } } ?? (rule.effect != .allow)
                    guard holds else { continue }
                }
                if let node = rule.node {
                    guard let guest else { continue }
                    guard guest.node.map({ $0 == node }) ?? (rule.effect != .allow) else { continue }
                }
                found = max(found ?? rule.effect, rule.effect)
            }
            strictest = max(strictest ?? .allow, found ?? .deny)
        }
        return strictest ?? .deny
    }

    @Test func agreesWithAPlainReference() throws {
        var random = SplitMix(seed: 1)
        var seen: [Effect: Int] = [:]
        for round in 0..<500 {
            let rules = (0..<(1 + random.below(6))).map { _ in
                Rule(
                    patterns: (0...random.below(2)).map { _ in
                        random.pick(["*", "guest.*", "*.stop", "guest.start", "read.*"])
                    },
                    except: random.pick([[], [], ["read.*"], ["guest.stop"]]), effect: random.pick(Effect.allCases),
                    callers: random.pick([[.human], [.agent, .ci], Caller.allCases]),
                    tag: random.pick([nil, nil, "crown-*", "web"]), node: random.pick([nil, nil, "pve1"]))
            }
            let text = "version: 1\nrules:\n" + rules.enumerated().map { $1.yaml($0) }.joined(separator: "\n")
            let policy = try PolicySet.load(yaml: text, file: "p")
            for _ in 0..<20 {
                let guest = PolicyGuest(
                    node: random.pick([nil, "pve1", "pve2"]), tags: random.pick([nil, [], ["web"], ["x", "crown-1"]]))
                let question = PolicyQuestion(
                    actions: Set((0..<random.below(3)).map { _ in random.pick(Self.actions) }),
                    caller: random.pick(Caller.allCases), guest: random.pick([nil, guest, guest]))
                let decision = policy.evaluate(question)
                seen[decision.effect, default: 0] += 1
                #expect(decision.effect == expected(rules, question), "round \(round): \(text)\n\(question)")
            }
        }
        #expect(Effect.allCases.allSatisfy { seen[$0, default: 0] > 100 }, "every effect was reached: \(seen)")
    }
}
