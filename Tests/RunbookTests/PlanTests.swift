// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Plan
import Policy
import Proxmox
import Runbook
import Testing
import Twin

struct PlanTests {
    @Test func aPlanHoldsEachChangeWithWhatItDoesAndSendsNone() async throws {
        let bench = try PlanBench()
        let plan = try await bench.plan(
            """
            pve.vm(103):start()
            local snapshot = pve.snapshot(nil, 103, {})
            pve.vm(103):shutdown()
            """)
        #expect(plan.failure == nil)
        #expect(plan.operations.map(\.action) == ["guest.start", "snapshot.create", "guest.shutdown"])
        #expect(plan.operations.map(\.effect) == ["allow", "allow", "confirm"])
        #expect(plan.policy.demand == "confirm")
        #expect(plan.operations.map(\.number) == [1, 2, 3])
        #expect(
            plan.operations.first?.differences == [PlannedDifference("status", before: "stopped", after: "running")])
        #expect(plan.operations.last?.differences == [PlannedDifference("status", before: "running", after: "stopped")])
        #expect(plan.operations.first?.targets.first?.facts["digest"] != nil)
        #expect(plan.operations.last?.targets.first?.facts["digest"] == nil)
        #expect(plan.operations.last?.targets.first?.facts["status"] == "running")
        #expect(plan.operations.first?.place == "test:1")
        #expect(plan.limits.contains(Plan.LimitUse(name: "run.changes", used: 3, most: 50)))
        #expect(bench.bench.writes.isEmpty)
        #expect(bench.bench.consent.questions.isEmpty)
    }

    @Test func nobodyIsAskedAndADenialIsRaised() async throws {
        let bench = try PlanBench(
            policy: try PolicySet.load(
                yaml: """
                    version: 1
                    rules:
                      - { id: reads, actions: ["read.*"], effect: allow }
                      - { id: start, actions: [guest.start], effect: approve }
                      - { id: snapshots, actions: [snapshot.create], effect: deny }
                    """, file: "test"))
        let caught = try await bench.plan("pve.vm(103):start(); pcall(pve.snapshot, nil, 103, {})")
        #expect(caught.isApplicable && caught.policy.demand == "approve" && caught.policy.approvals == 1)
        #expect(caught.operations.map(\.effect) == ["approve", "deny"])
        let uncaught = try await bench.plan("pve.vm(103):start(); pve.snapshot(nil, 103, {})")
        #expect(!uncaught.isApplicable)
        #expect(uncaught.failure?.contains("policy_denied") == true, "\(uncaught.failure as Any)")
        #expect(bench.bench.writes.isEmpty)
    }

    @Test func secretsAreInNoPlan() async throws {
        let bench = try PlanBench()
        let script = """
            pve.api.put("/nodes/" .. pve.vm(103).node .. "/qemu/103/config", { cipassword = "hunter2hunter2" })
            """
        let plan = try await bench.plan(script)
        #expect(plan.operations.count == 1)
        #expect(!String(decoding: PlanFile(plan).bytes, as: UTF8.self).contains("hunter2"))
        let other = try await bench.apply(plan, script.replacing("hunter2hunter2", with: "hunter3hunter3"))
        #expect(other.failure?.kind == .planDiverged)
        #expect(try await bench.apply(plan, script).failure == nil)
    }

    @Test func theOrderOfChangesDoesNotMatter() async throws {
        let bench = try PlanBench()
        let plan = try await bench.plan(
            "pve.snapshot(nil, 101, { name = 'aa' }); pve.snapshot(nil, 102, { name = 'aa' })")
        let applied = try await bench.apply(
            plan, "pve.snapshot(nil, 102, { name = 'aa' }); pve.snapshot(nil, 101, { name = 'aa' })")
        #expect(applied.failure == nil && applied.missing.isEmpty)
    }

    @Test func whatWasNotReachedIsTold() async throws {
        let bench = try PlanBench()
        let plan = try await bench.plan("pve.vm(103):start(); pve.snapshot(nil, 101, { name = 'aa' })")
        #expect(try await bench.apply(plan, "pve.vm(103):start()").missing == [2])
    }

    @Test func whatUndoesIsConditionalAndRunsOnlyIfPlanned() async throws {
        let script = """
            pve.vm(103):start()
            pve.on_failure(function() pve.vm(103):stop() end)
            pve.snapshot(nil, 101, { name = "aa" })
            """
        let bench = try PlanBench()
        let failed = try await bench.plan(script, failing: 2)
        let found = failed.operations.first { $0.isConditional }
        let undo = try #require(found)
        #expect(undo.action == "guest.stop")
        #expect(Set(undo.targets.first?.facts.keys.map { $0 } ?? []) == ["uuid", "created"])
        let recorder = PlanRecorder(nonce: "nonce")
        await recorder.add(conditional: failed.operations)
        var plan = try await bench.plan(script)
        plan.operations += await recorder.recorded.map { operation in
            var operation = operation
            operation.number = 3
            return operation
        }
        let applied = try await bench.apply(plan, script.replacing("pve.snapshot(", with: "error('later') --"))
        #expect(applied.failure?.kind == .script)
        #expect(bench.bench.writes.map { $0.split(separator: "/").last } == ["start", "stop"])

        let second = try PlanBench()
        let without = try await second.plan(script)
        _ = try await second.apply(without, script.replacing("pve.snapshot(", with: "error('later') --"))
        #expect(second.bench.writes.map { $0.split(separator: "/").last } == ["start"])
    }

    /// Each plan is applied to a twin of the cluster, which stays as it is.
    @Test func aHundredPlansOfAnIdleClusterAreTheSameAndNoneIsStale() async throws {
        let script = "pve.vm(103):start()"
        let bench = try PlanBench()
        let first = try await bench.plan(script)
        for round in 1...100 {
            try await bench.client.clock.sleep(for: .seconds(round * 7))
            let plan = try await bench.plan(script)
            #expect(plan.operations == first.operations, "round \(round)")
            let twin = Twin(of: bench.client, start: bench.bench.environment.now())
            let applied = try await bench.apply(first, script, on: twin.client)
            #expect(applied.failure == nil && applied.missing.isEmpty, "round \(round): \(applied.failure as Any)")
        }
        #expect(bench.bench.writes.isEmpty)
    }
}
