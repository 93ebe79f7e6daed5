// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// What a crowd of changes asks of a server besides the changes themselves.
struct ManyStartsTests {
    @Test func aHundredStartsSendLittleMoreThanAHundredRequests() async throws {
        let runner = try CommandLineRunner()
        let server = try await RunningServer("--guests", "400", "--nodes", "4", "--latency", "20")
        try runner.configure(server)
        try runner.write(
            "policy.yaml",
            """
            version: 1
            rules:
              - { id: all, actions: ["*"], effect: allow }
            """)
        let code = """
            local stopped, list = pve.list_vms{ status = "stopped" }, {}
            for i = 1, 100 do list[i] = stopped[i].vmid end
            local function start(vmid)
              local result = pve.vm_action(nil, vmid, "start")
              assert(result.verified and result.changed and result.status == "running" and result.vmid == vmid)
            end
            pve.parallel(list, start, { limit = 100 })
            local running = 0
            local runs = {}
            for _, vm in ipairs(pve.list_vms{ status = "running" }) do runs[vm.vmid] = true end
            for _, vmid in ipairs(list) do running = running + (runs[vmid] and 1 or 0) end
            return running
            """
        let before = try await server.requests().count
        let result = try await runner.pvelua("-e", code)
        #expect(result.status == 0 && result.output == "100\n", "\(result.errors)")
        let seen = try await server.requests().dropFirst(before)
        #expect(seen.count { $0.method == "POST" } == 100)
        // It was 842 when each start asked for itself.
        #expect(seen.count <= 120 + 100, "\(seen.count)")
        #expect(seen.count { $0.path.hasSuffix("/config") } <= 16)
    }
}
