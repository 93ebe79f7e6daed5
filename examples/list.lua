-- What runs where: every guest, and the nodes they are on.
--   pvelua --cluster demo run examples/list.lua

pve.table(pve.list_vms(), { "vmid", "name", "kind", "node", "status", "tags", "pool" })

local running = pve.list_vms{ status = "running" }
print(("%d guests run on %d nodes"):format(#running, #pve.list_nodes()))
