// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Testing

struct PlanTextTests {
    /// Every text of a plan, changed one at a time, so that nothing bound is left unshown.
    @Test func whateverAPlanBindsIsInItsText() throws {
        let plan = PlanFileTests.full()
        let original = PlanText(PlanFile(plan)).text
        func changed(_ change: (inout Plan) -> Void) -> Bool {
            var other = plan
            change(&other)
            // The digest in the first line differs in any case; it does not count as showing.
            return PlanText(PlanFile(other)).text.split(separator: "\n").dropFirst()
                != original.split(separator: "\n").dropFirst()
        }
        let changes: [(String, (inout Plan) -> Void)] = [
            ("created", { $0.created += 1 }), ("expires", { $0.expires += 1 }), ("nonce", { $0.nonce += "0" }),
            ("caller", { $0.caller = .human }), ("requester", { $0.requester += "x" }),
            ("cluster", { $0.cluster.name += "x" }), ("fingerprint", { $0.cluster.fingerprint += "0" }),
            ("other cluster", { $0.clusters.append(.init(name: "lab2", fingerprint: "00")) }),
            ("script", { $0.script.name += "x" }), ("script's hash", { $0.script.sha256 += "0" }),
            ("module", { $0.modules[0].name += "x" }), ("module's hash", { $0.modules[0].sha256 += "0" }),
            ("parameter", { $0.parameters[0].name += "x" }), ("its value", { $0.parameters[0].value += "x" }),
            ("policy", { $0.policy.sha256 += "0" }), ("demand", { $0.policy.demand = "allow" }),
            ("approvals", { $0.policy.approvals += 1 }), ("seed", { $0.seed += "1" }),
            ("partial", { $0.partial = nil }), ("failure", { $0.failure = nil }),
            ("unknown", { $0.unknowns[0].what += "x" }), ("read", { $0.reads[0].request += "x" }),
            ("reads", { $0.reads[0].count += 1 }), ("limit", { $0.limits[0].name += "x" }),
            ("used", { $0.limits[0].used += 1 }), ("most", { $0.limits[0].most += 1 }),
            ("number", { $0.operations[0].number += 1 }), ("function", { $0.operations[0].operation += "x" }),
            ("place", { $0.operations[0].place = nil }), ("its cluster", { $0.operations[0].cluster += "x" }),
            ("action", { $0.operations[0].action += "x" }), ("actions", { $0.operations[0].actions.append("x") }),
            ("method", { $0.operations[0].method = "PUT" }), ("path", { $0.operations[0].path += "x" }),
            ("argument", { $0.operations[0].parameters = ["x": true] }),
            ("vmid", { $0.operations[0].targets[0].vmid += 1 }),
            ("kind", { $0.operations[0].targets[0].kind = "lxc" }),
            ("name", { $0.operations[0].targets[0].name += "x" }),
            ("node", { $0.operations[0].targets[0].node += "x" }),
            ("fact", { $0.operations[0].targets[0].facts["status"] = "stopped" }),
            ("effect", { $0.operations[0].effect = "allow" }), ("rule", { $0.operations[0].rule = nil }),
            ("warning", { $0.operations[0].warning = "x" }),
            ("consequence", { $0.operations[0].consequences.append("x") }),
            ("difference", { $0.operations[0].differences[0].name += "x" }),
            ("before", { $0.operations[0].differences[0].before = nil }),
            ("after", { $0.operations[0].differences[0].after = "x" }),
            ("seconds", { $0.operations[0].seconds = nil }), ("condition", { $0.operations[0].isConditional = true }),
        ]
        for (what, change) in changes { #expect(changed(change), "\(what) is not shown") }
        #expect(original.contains("\"\(plan.id)\""))
    }

    @Test(arguments: [
        "\u{1b}[2J", "a\nplan  b", "\u{202e}txt", "\u{200b}", "\u{7}", "\u{9b}31m", "\r", "\u{2028}", "\0", "\u{feff}",
    ])
    func hostileTextIsShownWithoutAControlCharacter(text: String) {
        var plan = PlanFileTests.full()
        plan.requester = text
        plan.script.name = text
        plan.parameters[0].value = text
        plan.failure = text
        plan.operations[0].path = text
        plan.operations[0].targets[0].name = text
        plan.operations[0].targets[0].facts[text] = text
        plan.operations[0].parameters = [text: [.string(text), [text: true]]]
        plan.operations[0].warning = text
        let shown = PlanText(PlanFile(plan)).text
        let lines = PlanText(PlanFile(PlanFileTests.full())).text.split(separator: "\n").count
        #expect(
            !shown.unicodeScalars.contains {
                $0 != "\n" && ($0.properties.generalCategory == .control || $0.properties.generalCategory == .format)
            })
        #expect(!shown.contains("\u{2028}"))
        // No line of its own making: one fact and one warning more, and nothing else.
        #expect(shown.split(separator: "\n").count == lines + 2)
    }

    @Test func aValueCannotPretendToEnd() {
        var plan = PlanFileTests.full()
        plan.operations[0].targets[0].name = "web\" (\"lxc\") on \"pve9"
        #expect(PlanText(PlanFile(plan)).text.contains(#""web\" (\"lxc\") on \"pve9""#))
    }
}
