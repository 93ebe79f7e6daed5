-- Empties a node for maintenance, and brings its guests back when it is done.
--   pvelua --cluster demo --yes --param node=pve2 run examples/evacuate-node.lua
-- For real maintenance leave out the second half, or let `maintained` wait for what tells that the work is done.

runbook{
  name = "evacuate-node",
  description = "Empties a node for maintenance, and brings its guests back when it is done.",
  params = { node = { type = "node", default = "pve2", help = "The node that is to be empty." } },
  actions = { "guest.migrate", "guest.shutdown", "guest.start" }, -- containers are restarted
}

local node = pve.params.node
local options = { restart = true, limit = 2 }

-- The plan first: what goes where, what stays, and why.
options.preview = true
local plan = pve.evacuate(node, options)
print(("%s: %d guests go, %d stay"):format(node, #plan.moves, #plan.stayed))
table.sort(plan.moves, function(a, b) return a.vmid < b.vmid end)
pve.table(plan.moves, { "vmid", "name", "from", "to" })
for _, guest in ipairs(plan.stayed) do
  print(("%d (%s) stays: %s"):format(guest.vmid, guest.name, guest.reasons[1]))
end

options.preview = nil
local gone = pve.evacuate(node, options)
print(("%d guests are away; %d run on %s"):format(#gone.moves, #pve.list_vms{ node = node, status = "running" }, node))

local function maintained()
  return pve.node(node).status == "online"
end
pve.wait(maintained, { timeout = 3600, interval = 10, what = "maintenance of " .. node })

local back = pve.return_guests(gone, { limit = 2 })
table.sort(back.moves, function(a, b) return a.vmid < b.vmid end)
pve.table(back.moves, { "vmid", "name", "node", "status" })
