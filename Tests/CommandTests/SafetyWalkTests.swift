// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The walk-through of docs/safety.md, command for command: an agent plans, another person approves, the plan is applied once.
struct SafetyWalkTests {
    let runner: CommandLineRunner
    private let agent = ["AI_AGENT": "1"]

    init() throws { runner = try CommandLineRunner() }

    private func path(_ name: String) -> String { runner.home.url.appendingPathComponent(name).path }

    /// What the page shows at a prompt, in order.
    private static func steps() throws -> [String] {
        try fencedBlocks("docs/safety.md", language: "console").flatMap { $0.components(separatedBy: "\n") }
            .filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
    }

    @Test func aPlanThatSomebodyElseApprovedIsAppliedOnce() async throws {
        let line = #"print(pve.vm_action(nil, 101, "stop").status)"#
        let page = try String(
            contentsOf: Places.repository.appendingPathComponent("docs/safety.md"), encoding: .utf8)
        #expect(page.contains("`night.lua` is `\(line)`"))
        let script = try runner.home.write("night.lua", line + "\n").path
        let (plan, key) = (path("night.plan.json"), path("bob"))
        let made = try await run(
            URL(fileURLWithPath: "/usr/bin/ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-C", "bob", "-f", key])
        #expect(made.status == 0, "\(made.errors)")
        let words = try String(contentsOfFile: key + ".pub", encoding: .utf8).split(separator: " ").prefix(2)
        let signers = try runner.home.write("signers", "bob@example.com \(words.joined(separator: " "))\n").path
        let policy = try #require(fencedBlocks("docs/safety.md", language: "yaml").first)
        try runner.write("policy.yaml", policy.replacingOccurrences(of: "/etc/pvelua/signers", with: signers) + "\n")

        let commands = try Self.steps()
        #expect(
            commands == [
                "AI_AGENT=1 pvelua --cluster demo run night.lua",
                "AI_AGENT=1 pvelua --cluster demo plan night.lua",
                "AI_AGENT=1 pvelua apply night.plan.json",
                "AI_AGENT=1 pvelua approve night.plan.json --key bob",
                "pvelua approve night.plan.json --key bob",
                "AI_AGENT=1 pvelua apply night.plan.json",
                "AI_AGENT=1 pvelua apply night.plan.json",
            ])

        let ran = try await runner.pvelua("--cluster", "demo", "run", script, environment: agent)
        #expect(ran.status == 21, "\(ran.errors)")

        let planned = try await runner.pvelua("--cluster", "demo", "plan", script, "--out", plan, environment: agent)
        #expect(planned.status == 0, "\(planned.errors)")
        #expect(planned.output.contains("web-1") && planned.output.contains("guest.stop"), "\(planned.output)")

        let early = try await runner.pvelua("apply", plan, environment: agent)
        #expect(early.status == 21, "\(early.errors)")

        let own = try await runner.pvelua("approve", plan, "--key", key, environment: agent)
        #expect(own.status == 22, "\(own.errors)")

        let approved = try await runner.atTerminal(
            [["type (approve \\d{4}) to go on", "{1}\n"]], ["approve", plan, "--key", key])
        #expect(approved.status == 0, "\(approved.output)")

        let applied = try await runner.pvelua("apply", plan, environment: agent)
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(applied.output.contains("stopped"), "\(applied.output)")

        let again = try await runner.pvelua("apply", plan, environment: agent)
        #expect(again.status == 23, "\(again.errors)")
    }
}
