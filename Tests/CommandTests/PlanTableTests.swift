// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Terminal
import Testing

@testable import Commands

struct PlanTableTests {
    private static func plan(_ change: (inout PlannedOperation) -> Void = { _ in }) -> Plan {
        var plan = Plan(
            id: "run", created: 0, expires: 3600, nonce: "n", caller: .human, requester: "alice",
            cluster: Plan.ClusterBinding(name: "lab", fingerprint: "f"),
            script: Plan.SourceBinding(name: "jobs/night.lua", sha256: "s"),
            policy: Plan.PolicyBinding(sha256: "p", demand: "confirm", approvals: 0), seed: "1")
        var operation = PlannedOperation(
            number: 1, operation: "configure", cluster: "lab", action: "guest.config", actions: ["guest.config"],
            method: "PUT", path: "/nodes/pve1/qemu/101/config", parameters: [:], effect: "confirm")
        operation.targets = [PlannedTarget(vmid: 101, kind: "qemu", name: "web-1", node: "pve1")]
        operation.rule = "graceful"
        operation.place = "night.lua:7"
        change(&operation)
        plan.operations = [operation]
        return plan
    }

    private static func lines(_ plan: Plan, _ width: Int?) -> [String] {
        PlanTable(plan: plan, style: Style(isEnabled: false), width: width).lines()
    }

    @Test(arguments: [60, 80, 100, 120, 200])
    func nothingIsCutOffHoweverNarrowTheWindowIs(width: Int) {
        let words = (1...60).map { "word\($0)" }
        let plan = Self.plan { operation in
            operation.differences = [PlannedDifference("description", before: nil, after: words.joined(separator: " "))]
            operation.warning = "it is " + String(repeating: "x", count: 150)
        }
        let lines = Self.lines(plan, width)
        let shown = Set(lines.flatMap { $0.split(separator: " ") }.map(String.init))
        #expect(words.allSatisfy(shown.contains))
        #expect(lines.joined().count { $0 == "x" } == 150)
        #expect(lines.allSatisfy { $0.displayWidth <= width })
    }

    @Test func eachGuestOfACallIsNamed() {
        let plan = Self.plan { operation in
            operation.targets = (101...109).map {
                PlannedTarget(vmid: $0, kind: "qemu", name: "web-\($0)", node: "pve1")
            }
        }
        let words = Self.lines(plan, 100).joined(separator: " ").split(whereSeparator: { " ,".contains($0) })
        #expect(words.contains("9"))
        #expect((101...109).allSatisfy { words.contains("\($0)") && words.contains("web-\($0)") })
    }

    @Test func whatIsMadeAndWhatGoesIsMarked() {
        let plan = Self.plan { operation in
            operation.differences = [
                PlannedDifference("parent", before: nil, after: "s1"),
                PlannedDifference("snapshot", before: nil, after: "s1"),
                PlannedDifference("net1", before: "bridge=vmbr0", after: nil),
                PlannedDifference("cores", before: "2", after: "4"),
            ]
            operation.actions = ["guest.config", "guest.unprotect"]
        }
        let lines = Self.lines(plan, nil).map { $0.drop { $0 == " " } }
        #expect(lines[1].hasSuffix("+ snapshot: s1"))
        #expect(lines[2...] == ["- net1: bridge=vmbr0", "cores: 2 → 4", "also judged as guest.unprotect"])
    }

    @Test func aCallThatChangesNothingToSeeIsShownWithItsArguments() {
        let plan = Self.plan { operation in
            operation.parameters = [
                "command": ["rm", "-rf", "/srv"], "input": .string(String(repeating: "y", count: 900)),
            ]
        }
        let text = Self.lines(plan, nil).joined(separator: "\n")
        #expect(text.contains("PUT /nodes/pve1/qemu/101/config"))
        #expect(text.contains(#"command=["rm","-rf","/srv"]"#))
        #expect(text.contains("(500 more characters)"))
    }

    @Test func anotherClusterIsNamedAndHostileTextIsMadeVisible() {
        let plan = Self.plan { operation in
            operation.cluster = "prod"
            operation.differences = [
                PlannedDifference("name", before: "a", after: "b\u{1b}[2J\n2  guest.start\u{202e}")
            ]
        }
        let lines = Self.lines(plan, 90)
        #expect(lines.contains { $0.contains("101 web-1 @prod") })
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202e } })
    }
}
