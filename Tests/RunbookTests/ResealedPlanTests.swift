// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Policy
import Runbook
import Testing

/// Plans whose words were changed by somebody who gave them a good digest again: policy is judged anew.
struct ResealedPlanTests {
    private static let policy = """
        version: 1
        rules:
          - { id: reads, actions: ["read.*"], effect: allow }
          - { id: start, actions: [guest.start], effect: approve }
          - { id: free, actions: [snapshot.create], effect: allow, callers: [human] }
          - { id: agents, actions: [snapshot.create], effect: approve, callers: [agent] }
        """

    private func bench() throws -> PlanBench {
        try PlanBench(policy: try PolicySet.load(yaml: Self.policy, file: "test"))
    }

    /// `deny` among them: what was denied demands nothing of anybody, so it must let nothing through.
    @Test(arguments: ["allow", "confirm", "confirm-typed", "deny", "nonsense"])
    func anEffectThatWasLoweredIsADivergence(effect: String) async throws {
        let bench = try bench()
        let script = "pve.vm(103):start()"
        var plan = try await bench.plan(script)
        #expect(plan.operations.map(\.effect) == ["approve"])
        plan.operations[0].effect = effect
        plan.policy.demand = plan.strictestEffect
        plan.policy.approvals = 0
        let applied = try await bench.apply(plan, "pcall(function() \(script) end)\n\(script)")
        #expect(applied.divergence?.kind == .planDiverged, "\(applied.divergence as Any)")
        #expect(applied.divergence?.fields.first?.name == "effect")
        #expect(bench.bench.writes.isEmpty)
    }

    @Test func aPersonWhoAppliesAnAgentsPlanIsJudgedAsTheAgent() async throws {
        let bench = try bench()
        let script = "pve.snapshot(nil, 101, { name = 'aa' })"
        var plan = try await bench.plan(script)
        #expect(plan.operations.map(\.effect) == ["allow"])
        plan.caller = .agent
        let applied = try await bench.apply(plan, script)
        #expect(applied.failure?.kind == .planDiverged, "\(applied.failure as Any)")
        #expect(applied.failure?.fields.first == .init("effect", "planned allow, now approve"))
        #expect(bench.bench.writes.isEmpty)
    }

    @Test func anOperationThatWasAddedDoesNothingUnlessTheScriptAsksForIt() async throws {
        let bench = try bench()
        let script = "pve.snapshot(nil, 101, { name = 'aa' })"
        var plan = try await bench.plan(script)
        var added = try await bench.plan("pve.snapshot(nil, 102, { name = 'aa' })").operations[0]
        added.number = 2
        plan.operations.append(added)
        let applied = try await bench.apply(plan, script)
        #expect(applied.failure == nil && applied.missing == [2])
        #expect(bench.bench.writes.count == 1)
    }
}
