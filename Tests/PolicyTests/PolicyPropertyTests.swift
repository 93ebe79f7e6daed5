// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import TestSupport
import Testing

/// What must hold of every policy and every question.
struct PolicyPropertyTests {
    private func load(_ policy: ReferencePolicy, _ file: String = "p") throws -> PolicySet {
        try PolicySet.load(yaml: policy.yaml, file: file)
    }

    @Test func agreesWithAPlainReferenceOnAHundredThousandCases() throws {
        var random = SplitMix(seed: 1)
        var seen: [Effect: Int] = [:]
        for _ in 0..<1250 {
            let (own, ceiling) = (ReferencePolicy.random(&random), ReferencePolicy.random(&random))
            let isBounded = random.below(3) == 0
            let policy = isBounded ? try load(own).bounded(by: load(ceiling, "etc")) : try load(own)
            for _ in 0..<80 {
                let question = ReferencePolicy.question(&random)
                let effect = policy.evaluate(question).effect
                var expected = own.effect(question)
                if isBounded, !question.actions.isEmpty {
                    expected = max(expected, ceiling.effect(question, isCeiling: true))
                }
                seen[effect, default: 0] += 1
                guard effect != expected else { continue }
                Issue.record("\(effect), not \(expected): \(own.yaml)\n\(isBounded ? ceiling.yaml : "")\n\(question)")
                return
            }
        }
        #expect(Effect.allCases.allSatisfy { seen[$0, default: 0] > 1000 }, "every effect was reached: \(seen)")
    }

    @Test func neitherOrderNorAStricterRuleNorLessKnowledgeLoosens() throws {
        var random = SplitMix(seed: 2)
        for _ in 0..<400 {
            let plain = ReferencePolicy.random(&random)
            let policy = try load(plain)
            let shuffled = try load(ReferencePolicy(rules: plain.rules.shuffled(using: &random)))
            var more = ReferencePolicy.rule(&random, hasBase: true)
            // A rule that permits what nothing permitted is not what is meant: here the action is thought of already.
            more.effect = random.pick([.confirm, .confirmTyped, .approve, .deny])
            if more.unless.isLabel { more.unless.vmid = 101 }
            let stricter = try? load(ReferencePolicy(rules: plain.rules + [more]))
            for _ in 0..<12 {
                let question = ReferencePolicy.question(&random)
                let decision = policy.evaluate(question)
                #expect(shuffled.evaluate(question).effect == decision.effect, "\(plain.yaml)\n\(question)")
                let isThought = decision.reasons.allSatisfy { $0.rule != nil } && !question.actions.isEmpty
                if let stricter, isThought {
                    #expect(
                        stricter.evaluate(question).effect >= decision.effect, "\(plain.yaml)\n\(more)\n\(question)")
                }
                let less = Self.withLess(question, &random)
                #expect(policy.evaluate(less).effect >= decision.effect, "\(plain.yaml)\n\(question)\n\(less)")
            }
        }
    }

    /// The same question with something not known.
    private static func withLess(_ question: PolicyQuestion, _ random: inout SplitMix) -> PolicyQuestion {
        var question = question
        for index in question.guests.indices {
            switch random.below(3) {
            case 0: question.guests[index].tags = nil
            case 1: question.guests[index].node = nil
            default: question.guests[index] = PolicyGuest()
            }
        }
        if random.below(2) == 0 { question.storages = nil }
        return question
    }

    @Test func anExplanationNeverDisagreesWithTheDecision() throws {
        var random = SplitMix(seed: 3)
        for _ in 0..<1000 {
            let own = try load(ReferencePolicy.random(&random))
            let policy = random.below(2) == 0 ? own : own.bounded(by: try load(.random(&random), "etc"))
            for _ in 0..<10 {
                let question = ReferencePolicy.question(&random)
                let decision = policy.evaluate(question)
                let explanation = policy.explain(question)
                let strictest = explanation.parts.map(\.effect).max() ?? .deny
                let decisive = explanation.parts.filter(\.isDecisive)
                let marked = decisive.flatMap(\.rules).filter(\.isDecisive)
                let held = explanation.parts.flatMap { part in part.rules.filter(\.holds).map(\.rule) }
                guard explanation.decision == decision, strictest == decision.effect,
                    decisive.count == (explanation.parts.isEmpty ? 0 : 1), marked.first?.rule == decision.rule,
                    marked.count == (decision.rule == nil ? 0 : 1), held == decision.reasons.compactMap(\.rule)
                else {
                    Issue.record("\(explanation)\n\(decision)")
                    return
                }
            }
        }
    }

    @Test func noTextMakesAnErrorAnAllowance() {
        var random = SplitMix(seed: 4)
        let original = Array(PolicySet.shippedText.utf8)
        let pieces = [
            "effect: allow", "unless: { vmid: 1 }", "where: { tag: x }", "sets: { a: [\"@a\"] }\n", "during: {}", "[",
            "}",
            "\n", "\t", "&a", "*a", "!!x", "\u{0}", "💥", ": ", "- ", "deny", "99999999999999999999", "@",
            "approval: {}\n",
        ].map { Array($0.utf8) }
        var loaded = 0
        for _ in 0..<800 {
            var bytes = original
            for _ in 0...random.below(3) {
                let start = random.below(bytes.count)
                let end = min(bytes.count, start + random.below(12))
                bytes.replaceSubrange(start..<end, with: random.below(3) == 0 ? [] : random.pick(pieces))
            }
            do throws(Failure) {
                let policy = try PolicySet.load(yaml: String(decoding: bytes, as: UTF8.self), file: "p.yaml")
                loaded += 1
                let question = PolicyQuestion(actions: ["nobody.knows"], caller: .human, guest: PolicyGuest(vmid: 1))
                #expect(policy.evaluate(question).effect == .deny)
                #expect(policy.evaluate(PolicyQuestion(actions: [], caller: .human)).effect == .deny)
            } catch {
                let parts = error.message.split(separator: ":", maxSplits: 3)
                let isPlaced = parts.count == 4 && parts[0] == "p.yaml" && Int(parts[1]) != nil && Int(parts[2]) != nil
                #expect(error.kind == .config && isPlaced, "\(error.message)")
            }
        }
        #expect(loaded > 20 && loaded < 800, "some are still policies: \(loaded)")
    }
}
