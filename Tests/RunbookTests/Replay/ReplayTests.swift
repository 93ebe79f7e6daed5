// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

struct ReplayTests {
    /// A bench whose policy asks nobody, and whose person sends a crash: the second `start` is never reached.
    private func bench() throws -> Bench { try Bench(consent: ScriptedConsent([.yes, .yes, .yes, .yes])) }

    @Test func aResumedRunSaysTheSameAndDoesNothingTwice() async throws {
        let bench = try bench()
        let code = """
            local before = pve.vm(101).status
            print(before, pve.now(), math.random(1, 1000000))
            local r = pve.vm_action(nil, 101, "stop")
            print(r.status, pve.vm(101).status)
            local s = pve.vm_action(nil, 101, "start")
            print(s.status)
            """
        _ = try await bench.start(code)
        let first = bench.output.text
        let writes = bench.writes
        #expect(writes.count == 2)
        let reads = bench.cluster.requests.count
        let (outcome, scope) = try await bench.resume(code)
        guard case .values = outcome else { Issue.record("\(outcome)"); return }
        #expect(bench.output.text == first + first)
        #expect(bench.writes == writes)
        #expect(bench.cluster.requests.count == reads, "nothing is asked of the cluster")
        #expect(await scope.leftOverSteps.isEmpty)
    }

    @Test func aReadOnlyRunWritesNothing() async throws {
        let bench = try bench()
        _ = try await bench.start("for i = 1, 50 do pve.vm(101) end pve.sleep(1) pve.log('info', 'x')", ends: true)
        #expect(try bench.journal.runs(limit: 10).isEmpty)
    }
}
