// SPDX-License-Identifier: Apache-2.0
import Simulator

/// A script that is killed at every point of its life.
struct CrashRunbook: Sendable, CustomStringConvertible {
    var name: String
    var source: String
    /// Files beside it.
    var modules: [String: String] = [:]
    /// What the cluster is before it.
    var prepare: @Sendable (inout ClusterState) -> Void = { _ in }
    /// Whether the order of its changes is its own affair.
    var isUnordered = false

    var description: String { name }
}

extension CrashRunbook {
    static let all: [CrashRunbook] = [
        CrashRunbook(
            name: "one change", source: #"print(pve.vm_action(nil, 103, "start").status)"#),
        CrashRunbook(
            name: "chain of 20",
            source: """
                local guests = { 100, 101, 102, 103, 110, 111 }
                for round = 1, 3 do
                  for _, vmid in ipairs(guests) do
                    if round == 1 then print(pve.vm(vmid):snapshot{ name = "chain" }.verified)
                    elseif round == 2 then
                      local guest = pve.vm(vmid)
                      local action = guest.status == "running" and "stop" or "start"
                      print(vmid, pve.vm_action(nil, vmid, action).status)
                    else pve.tag(vmid, "chained") end
                  end
                end
                print(pve.vm_action(nil, 100, "start").status, pve.vm_action(nil, 101, "start").status)
                """),
        CrashRunbook(
            name: "loop over pairs",
            source: """
                local wanted = { web1 = 101, web2 = 102, db = 100, proxy = 110, mail = 111 }
                local count = 0
                for name, vmid in pairs(wanted) do
                  pve.vm(vmid):snapshot{ name = "of-" .. name }
                  count = count + 1
                end
                print(count)
                """, isUnordered: true),
        CrashRunbook(
            name: "branch on reads",
            source: """
                local before = #pve.list_vms{ status = "running" }
                for _, vmid in ipairs{ 103, 111 } do
                  if pve.vm(vmid).status == "stopped" then pve.vm_action(nil, vmid, "start")
                  else pve.vm_action(nil, vmid, "stop") end
                end
                local after = #pve.list_vms{ status = "running" }
                if after == before + 2 then pve.tag(103, "started") else pve.tag(103, "confused") end
                print(before, after, table.concat(pve.vm(103).tags, ","))
                """),
        CrashRunbook(
            name: "counted snapshots",
            source: """
                for i = 1, 3 do
                  local snapshot = pve.snapshot(nil, 101)
                  print(snapshot.verified, (snapshot.name:gsub("%d", "N")))
                end
                """),
        CrashRunbook(
            name: "create and start",
            source: """
                local made = pve.create{ template = "debian-vm", node = "pve2", name = "app-1", start = true }
                print(made.vmid, made.status)
                """),
        CrashRunbook(
            name: "clone and start",
            source: """
                local copy = pve.clone(nil, 9000, { name = "web-3", pool = "web" })
                print(copy.vmid, copy.name, pve.vm_action(nil, copy.vmid, "start").status)
                """),
        CrashRunbook(
            name: "start, poll later",
            source: """
                local tasks = {}
                for _, vmid in ipairs{ 103, 111 } do
                  tasks[#tasks + 1] = pve.vm_action(nil, vmid, "start", { wait = false })
                end
                pve.tag(101, "meanwhile")
                for _, task in ipairs(tasks) do print(pve.poll(task, { timeout = 300 }).status) end
                print(pve.vm(103).status, pve.vm(111).status)
                """),
        CrashRunbook(
            name: "caught failures",
            source: """
                local ok, e = pcall(function() pve.vm(101):snapshot{ name = "clean" } end)
                print(ok, pve.is_error(e) and e.kind)
                local ok, e = pcall(pve.vm_action, nil, 102, "migrate-away")
                print(ok)
                local ok, e = pcall(pve.api.post, "/nodes/pve3/qemu/102/snapshot/none/rollback")
                print(ok)
                local ok, e = pcall(pve.vm_action, nil, 100, "shutdown", { timeout = 1 })
                print(ok, pve.is_error(e) and e.kind)
                print(pve.vm_action(nil, 103, "start").status)
                """,
            prepare: { $0.guests[100]?.ignoresShutdown = true }),
        CrashRunbook(
            name: "undone after a failure",
            source: """
                pve.on_failure(function() pve.vm_action(nil, 103, "stop") print("stopped again") end)
                pve.vm_action(nil, 103, "start")
                pve.on_failure(function() pve.vm(101):tag("undone") print("tagged") end)
                pve.vm(101):snapshot{ name = "half" }
                print("half way")
                error("something is wrong")
                """),
        CrashRunbook(
            name: "delete",
            source: """
                print(pve.destroy(nil, 103, { purge = true }).status)
                print(pve.snapshot_delete(nil, 100, "before-upgrade").verified)
                print(#pve.list_vms())
                """),
        CrashRunbook(
            name: "migrate",
            source: """
                print(pve.vm(101):migrate("pve2").node)
                print(pve.vm(101):migrate("pve3").node)
                print(pve.vm(101).node)
                """),
        CrashRunbook(
            name: "raw calls",
            source: """
                local upid = pve.api.post("/nodes/pve1/qemu/103/status/start")
                print(type(upid))
                pve.api.put("/nodes/pve1/qemu/103/config", { description = "by a runbook" })
                pve.api.post("/nodes/pve1/qemu/101/snapshot", { snapname = "raw", description = "raw" })
                print(pve.api.get("/nodes/pve1/qemu/103/config").description)
                """),
        CrashRunbook(
            name: "configuration",
            source: """
                for _, vmid in ipairs{ 101, 102, 103 } do
                  pve.configure(nil, vmid, { set = { description = "owner of " .. vmid } })
                  pve.tag(vmid, "owned")
                end
                pve.configure(nil, 111, { set = { memory = 4096 } })
                print(pve.config(103).description, pve.config(111).memory)
                """),
        CrashRunbook(
            name: "time and chance",
            source: """
                local begun = math.floor(pve.now())
                local dice = math.random(1, 1000000)
                pve.vm(101):snapshot{ name = "drawn" }
                if dice % 2 == 0 then pve.tag(101, "even") else pve.tag(101, "odd") end
                pve.configure(nil, 102, { set = { description = "drawn " .. dice .. " at " .. begun } })
                for i = 1, 3 do if math.random(1, 2) == 1 then pve.tag(100, "t" .. i) end end
                print(dice, begun, math.floor(os.time()) >= begun)
                """),
        CrashRunbook(
            name: "modules",
            source: """
                local power = require("power")
                print(power.cycle(103), power.cycle(111))
                """,
            modules: [
                "power.lua": """
                local power = {}
                function power.cycle(vmid)
                  pve.vm_action(nil, vmid, "start")
                  return pve.vm_action(nil, vmid, "stop").status
                end
                return power
                """
            ]),
        CrashRunbook(
            name: "two clusters",
            source: """
                local lab2 = pve.cluster("lab2")
                for _, action in ipairs{ "start", "stop", "start" } do
                  print(pve.vm_action(nil, 103, action).status, lab2.vm_action(nil, 103, action).status)
                end
                lab2.vm(101):snapshot{ name = "there" }
                """),
        CrashRunbook(
            name: "the same again and again",
            source: """
                for i = 1, 3 do
                  print(pve.vm_action(nil, 103, "start").changed, pve.vm(103).status)
                  print(pve.vm_action(nil, 103, "stop").changed, pve.vm(103).status)
                end
                """),
    ]
}
