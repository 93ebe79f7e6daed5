// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `pve.parallel`, `pve.spawn` and `pve.timeout` with the real binary against a real server.
struct ConcurrencyTests {
    let runner: CommandLineRunner
    let server: RunningServer

    init() async throws {
        runner = try CommandLineRunner()
        server = try await RunningServer()
        try runner.configure(server)
        try runner.write(
            "policy.yaml", "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n")
    }

    @Test func guestsAreChangedSideBySide() async throws {
        let result = try await runner.pvelua(
            "-e",
            """
            local ids = pve.parallel({ 101, 102, 110 }, function(vmid) return pve.vm_action(nil, vmid, "shutdown").vmid end)
            return table.concat(ids, " ")
            """)
        #expect(result.status == 0 && result.output == "101 102 110\n", "\(result.errors)")
        let stops = try await server.requests().filter { $0.method == "POST" }
        #expect(stops.count == 3)
    }

    @Test func changesOfOneGuestWaitForEachOther() async throws {
        let result = try await runner.pvelua(
            "-e",
            """
            pve.parallel({ 1, 2, 3, 4 }, function(n) pve.snapshot(nil, 101, { name = "s" .. n }) end)
            """)
        #expect(result.status == 0, "\(result.errors)")
        let sent = try await server.requests().filter { $0.method == "POST" && $0.path.hasSuffix("/snapshot") }
        #expect(sent.count == 4)
    }

    @Test func aFailureAmongSeveralKeepsItsKindAndTheOthersAreTold() async throws {
        let script = try runner.home.write(
            "several.lua",
            """
            pve.parallel({ 101, 901, 902 }, function(vmid)
              pve.vm_action(nil, vmid, "shutdown")
            end, { stop_on_error = false })
            """
        ).path
        let result = try await runner.pvelua("run", script)
        #expect(result.status == 5)
        #expect(result.errors.contains("several.lua:2: there is no guest 901"), "\(result.errors)")
        #expect(result.errors.contains("and 1 more failed:\n    several.lua:2: there is no guest 902 [not_found]"))
        #expect(result.errors.contains("guest 101"), "what was done is told: \(result.errors)")
        let json = try await runner.pvelua("run", "--format", "json", script)
        #expect(json.jsonError?["kind"]?.string == "not_found")
        #expect(json.jsonError?["others"]?.array?.first?["where"]?.string == "several.lua:2")
    }

    @Test func aChangeThatTakesTooLongGoesOnAndIsNamed() async throws {
        let slowly = try await RunningServer("--time-scale", "1")
        try runner.configure(slowly)
        let result = try await runner.pvelua(
            "-e",
            """
            local ok, e = pcall(pve.timeout, 4, function() pve.vm(101):migrate("pve2") end)
            print(ok, e.kind)
            """)
        #expect(result.output == "false\ttask_timeout\n", "\(result.errors)")
        #expect(
            result.errors.contains("guest.migrate of guest 101") || result.errors.contains("guest 101"),
            "\(result.errors)")
        // The next change of the guest waits for it.
        let next = try await runner.pvelua("-e", "return pve.vm_action(nil, 101, 'shutdown').node")
        #expect(next.status == 0 && next.output == "pve2\n", "\(next.output)\(next.errors)")
    }

    @Test func aTimeOutNobodyCatchesEndsWithItsStatus() async throws {
        let result = try await runner.pvelua("-e", "pve.timeout(0.05, function() pve.sleep(5) end)")
        #expect(result.status == 7)
        #expect(result.errors.contains("the block took longer than 0.05 s [task_timeout]"))
    }

    @Test func aPlanOfParallelChangesIsApplied() async throws {
        let script = try runner.home.write(
            "all.lua",
            """
            pve.parallel(pve.list_vms({ status = "running", tag = "web" }), function(vm)
              pve.timeout(600, function()
                pve.vm_action(nil, vm.vmid, "shutdown")
                pve.sleep(vm.vmid % 3)
                pve.vm_action(nil, vm.vmid, "start")
              end)
            end)
            """
        ).path
        let file = runner.home.url.appendingPathComponent("all.plan.json").path
        let plan = try await runner.pvelua("plan", "--out", file, script)
        #expect(plan.status == 0 && plan.output.contains("4 changes"), "\(plan.output)\(plan.errors)")
        let applied = try await runner.pvelua("apply", "--yes", file)
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try await server.requests().filter { $0.method == "POST" }.count == 4)
    }

    @Test func twoHoursOfAPlanTakeNoTime() async throws {
        let script = try runner.home.write(
            "late.lua",
            """
            local late = pve.spawn(function() pve.sleep(7200) return pve.now() end)
            local early = pve.now()
            assert(not pcall(pve.timeout, 3600, function() pve.sleep(3601) end))
            assert(pve.timeout(3600, function() pve.sleep(3000) return #pve.list_vms() end))
            assert(late:join() - early >= 7199 and late:join() - early < 7300)
            """
        ).path
        let began = ContinuousClock.now
        let result = try await runner.pvelua(
            "plan", "--out", runner.home.url.appendingPathComponent("late.plan.json").path, script)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(ContinuousClock.now - began < .seconds(60))
    }

    @Test func aResumedRunAnswersItsBlocksAsBefore() async throws {
        let slowly = try await RunningServer("--time-scale", "1")
        try runner.configure(slowly)
        try runner.write(
            "policy.yaml",
            """
            version: 1
            rules:
              - { id: all, actions: ["*"], effect: allow }
              - { id: ask, actions: [guest.reboot], effect: confirm }
            """)
        let script = try runner.home.write(
            "blocks.lua",
            """
            pve.parallel({ 103, 111 }, function(vmid) pve.vm_action(nil, vmid, "start") end)
            local ok, e = pcall(pve.timeout, 4, function() pve.vm(101):migrate("pve2") end)
            print(e.kind)
            pve.vm_action(nil, 102, "reboot")
            print(pve.vm(101).node)
            """
        ).path
        let first = try await runner.pvelua("run", "--format", "json", script)
        #expect(first.status == 20 && first.output == "task_timeout\n", "\(first.output)\(first.errors)")
        let id = try #require(first.jsonError?["run"]?["id"]?.string)
        let result = try await runner.pvelua("runs", "resume", "--yes", id)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "task_timeout\npve2\n")
        let sent = try await slowly.requests().filter { $0.method == "POST" }
        #expect(sent.count == 4, "\(sent.map(\.path))")
    }

    @Test func ctrlCEndsAllBlocks() async throws {
        let result = try await runner.atTerminal(
            [["ready", "\u{03}"], ["interrupted", ""]],
            [
                "-e",
                "pve.parallel({1,2,3}, function(n) if n == 3 then print('ready') end pve.sleep(60) end)",
            ])
        #expect(result.status == 130, "\(result.output)")
    }
}
