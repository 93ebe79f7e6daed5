// SPDX-License-Identifier: Apache-2.0
import JSON
import TestSupport
import Testing

/// The embedded cluster is gone with its process: what one process left open there means nothing to the next.
struct EmbeddedClusterTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    @Test func whatOneProcessLeavesOpenHindersNoOther() async throws {
        let first = try await runner.pvelua(
            "--cluster", "demo", "--yes", "-e", "return pve.vm_action(nil, 103, 'start', { wait = false }).upid ~= nil")
        #expect(first.status == 0 && first.output == "true\n", "\(first.errors)")
        let second = try await runner.lua("pve.vm_action(nil, 103, 'start').status", "--yes")
        #expect(second.status == 0 && second.output == "running\n", "\(second.errors)")
        let runs = try await runner.pvelua("runs", "list", "--format", "json")
        let list = try JSONValue(parsing: runs.output)["runs"]?.array ?? []
        #expect(list.count == 2 && list.allSatisfy { $0["resumable"] == false }, "\(runs.output)")
        let id = try #require(list.last?["id"]?.string)
        let shown = try await runner.pvelua("runs", "show", id, "--format", "json")
        #expect(try JSONValue(parsing: shown.output)["next"]?.string?.contains("is gone") == true, "\(shown.output)")
        let resumed = try await runner.pvelua("runs", "resume", id)
        #expect(resumed.status == 5, "\(resumed.errors)")
    }

    @Test func changesOfOneProcessStillWaitForEachOther() async throws {
        let result = try await runner.lua(
            """
            local task = pve.vm_action(nil, 101, 'shutdown', { wait = false })
            pve.vm_action(nil, 101, 'start')
            return pve.poll(task).status
            """, "--yes")
        #expect(result.status == 0 && result.output == "ok\n", "\(result.errors)")
    }
}
