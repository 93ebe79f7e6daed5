// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// The policy's limits with the real binary, in processes that share one journal.
struct LimitCommandTests {
    @Test func ofProcessesThatRaceForTheLastPlaceOneGetsIt() async throws {
        let runner = try CommandLineRunner()
        try runner.write(
            "policy.yaml",
            """
            version: 1
            rules:
              - { id: all, actions: ["*"], effect: allow }
            limits:
              hour: { changes: 1 }
            """)
        let results = try await withThrowingTaskGroup(of: ProcessResult.self) { group in
            for _ in 0..<4 {
                group.addTask { try await runner.lua("pve.vm_action(nil, 103, 'start')", "--format", "json") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.map(\.status).sorted() == [0, 24, 24, 24], "\(results.map(\.errors))")
        for refused in results where refused.status == 24 {
            #expect(refused.jsonError?["kind"]?.string == "limit")
            #expect(refused.jsonError?["message"]?.string?.contains("limits.hour.changes is 1, and 1 are used") == true)
        }
        #expect(try await runner.lua("pve.vm_action(nil, 111, 'start')").status == 24)
        let agent = try await runner.pvelua(
            "--cluster", "demo", "-e", "pve.vm_action(nil, 111, 'start')", environment: ["CLAUDECODE": "1"])
        #expect(agent.status == 0, "an agent's hour is its own: \(agent.errors)")
    }
}
