// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Policy
import Proxmox
import Simulator
import Testing

@testable import Runbook

/// Finding guests, pools, storages, tasks and nodes, and what is said of those that are not there.
struct InventoryTests {
    private func text(_ bench: Bench, _ code: String) async throws -> String {
        let failure = try await bench.failure(of: code)
        #expect(failure == nil, "\(code): \(String(describing: failure))")
        return bench.output.text
    }

    @Test(arguments: [
        ("web-*", "101:name 102:name"), ("EDGE", "110:tag"), ("9???", "9000:vmid"), ("db", "100:tag"),
        ("w?b", "101:tag 102:tag"), ("debian*", "9000:name"), ("nosuch*", ""),
    ])
    func aPatternFindsNamesTagsVmidsAndPools(pattern: String, expected: String) async throws {
        let code = """
            local found = {}
            for _, v in ipairs(pve.find('\(pattern)')) do found[#found + 1] = v.vmid .. ":" .. v.matched end
            print(table.concat(found, " "))
            """
        #expect(try await text(try Bench(), code) == expected + "\n")
    }

    @Test func aPoolIsMatchedWhereNothingElseIs() async throws {
        let bench = try Bench()
        bench.cluster.update { state in
            for vmid in [101, 102] { state.guests[vmid]?.config["tags"] = nil }
        }
        #expect(
            try await text(bench, "for _, v in ipairs(pve.find('web')) do print(v.vmid, v.matched) end")
                == "101\tpool\n102\tpool\n")
    }

    @Test func aGuestIsFoundByItsNameIfItIsTheOnlyOne() async throws {
        let bench = try Bench()
        #expect(try await text(bench, "print(pve.vm('web-1').vmid, pve.vm('debian-12').vmid)") == "101\t9000\n")
        let missing = try #require(try await bench.failure(of: "pve.vm('web-11')"))
        #expect(missing.kind == .notFound)
        #expect(missing.hint?.contains("web-1") == true)
        bench.cluster.update { state in state.guests[102]?.config["name"] = "web-1" }
        let several = try #require(try await bench.failure(of: "pve.vm('web-1')"))
        #expect(several.kind == .parameter)
        #expect(several.message.contains("101 on pve1") && several.message.contains("102 on pve3"))
    }

    // MARK: - Nodes that are down

    @Test func guestsOfADeadNodeAreUnknownAndNotAbsent() async throws {
        let bench = try Bench()
        let now = bench.environment.now()
        bench.cluster.update { state in
            guard let index = state.nodes.firstIndex(where: { $0.name == "pve3" }) else { return }
            state.nodes[index].online = false
            state.nodes[index].offlineSince = now
        }
        let code = """
            for _, v in ipairs(pve.list_vms{ node = "pve3" }) do print(v.vmid, v.status, v.last_status, v.mem, v.note) end
            print(pve.vm(102).status, pve.vm("web-2").last_status, #pve.list_vms{ status = "running", tag = "web" })
            print(#pve.list_vms{ status = "unknown" })
            """
        let found = try await text(bench, code)
        #expect(found.hasPrefix("102\tunknown\trunning\tnil\tnode pve3 is offline, for less than five minutes"))
        #expect(found.contains("\nunknown\trunning\t1\n2\n"), "\(found)")
    }

    @Test func anActionOnADeadNodeSaysWhatToDo() async throws {
        let bench = try Bench()
        let now = bench.environment.now()
        bench.cluster.update { state in
            guard let index = state.nodes.firstIndex(where: { $0.name == "pve3" }) else { return }
            state.nodes[index].online = false
            state.nodes[index].offlineSince = now - 600
        }
        #expect(
            try await text(bench, "local v = pve.vm(102); print(v.status, v.name, v.note)")
                == "unknown\tnil\tnode pve3 is offline, for more than five minutes: the guest may or may not run there\n"
        )
        let failure = try #require(try await bench.failure(of: "pve.vm_action(nil, 102, 'shutdown')"))
        #expect(failure.kind == .nodeUnreachable)
        #expect(failure.message.contains("that node is offline"))
        #expect(failure.hint?.contains("/etc/pve/nodes/pve3/qemu-server/102.conf") == true)
        #expect(failure.node == "pve3" && failure.vmid == 102)
        #expect(bench.writes.isEmpty)
        #expect(try await bench.failure(of: "local s = pve.cluster_status(); print(s.online, s.total)") == nil)
        #expect(bench.output.text.hasSuffix("2\t3\n"))
    }

    // MARK: - Tasks

    @Test func tasksAreListedByGuestNodeTypeAndEnd() async throws {
        let bench = try Bench()
        let code = """
            pve.vm_action(nil, 103, "start")
            for _, t in ipairs(pve.vm(103):tasks()) do print(t.type, t.status, t.vmid, t.exitstatus) end
            print(#pve.tasks{ type = "qmstart" }, #pve.tasks{ running = true }, #pve.tasks{ errors = true })
            print(#pve.tasks{ since = pve.now() + 10 }, #pve.node("pve2"):tasks{ type = "qmstart" }, #pve.tasks{ user = "nobody" })
            """
        #expect(try await text(bench, code) == "qmstart\tok\t103\tOK\n1\t0\t0\n0\t0\t0\n")
    }

    @Test func aTaskIsStoppedAndSeenToHaveEnded() async throws {
        let policy = try PolicySet.load(
            yaml: "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n", file: "p")
        let bench = try Bench(policy: policy)
        let code = """
            local t = pve.vm_action(nil, 101, "shutdown", { wait = false })
            local r = pve.task_stop(t)
            print(r.changed, r.status, r.exitstatus)
            print(pve.task_stop(t).changed, pve.task(t).status, #pve.task_log(t) > 0)
            """
        #expect(try await text(bench, code) == "true\terror\treceived interrupt\nfalse\terror\ttrue\n")
        let asking = try Bench()
        let failure = try #require(
            try await asking.failure(
                of: "pve.task_stop(pve.vm_action(nil, 103, 'start', { wait = false }))"))
        #expect(failure.kind == .confirmationRequired && failure.action == "task.stop", "the shipped policy asks")
    }

    // MARK: - Nodes and rights

    @Test func aNodeTellsItsEquipmentWhereThatMayBeSeen() async throws {
        let bench = try Bench()
        let code =
            "local n = pve.node('pve1'); print(n.cpumodel, n.load[1], n.memory.total, n.rootfs.total > 0, n.kernel, "
            + "n.subscription, n.guest_count, n.running_count)"
        #expect(
            try await text(bench, code)
                == "Simulated Processor\t0.25\t68719476736\ttrue\t6.8.12-11-pve\tnotfound\t2\t1\n")
        bench.cluster.inject(
            Fault(.status(403, "Permission check failed (/nodes/pve1, Sys.Audit)"), path: "/nodes/pve1/status"))
        #expect(
            try await text(bench, "print(pve.node('pve1').status, pve.node('pve1').cpumodel ~= nil)").contains(
                "online\ttrue"))
    }

    @Test func permissionsSayWhatMayBeDone() async throws {
        let bench = try Bench()
        let code = """
            local p = pve.permissions()
            for _, row in ipairs(p.operations) do if row.operation == "vm_action" then print(p.identity, row.may, row.where) end end
            local names = {}
            for _, name in ipairs(pve.permissions{ path = "/vms/101" }.privileges) do names[name] = true end
            print(names["VM.PowerMgmt"])
            """
        #expect(try await text(bench, code) == "root@pam!demo\tyes\teverywhere\ntrue\n")
        #expect(try await bench.failure(of: "pve.permissions{ path = 'vms' }")?.fields.first?.name == "options.path")
    }
}
