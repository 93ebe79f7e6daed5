-- Takes a snapshot of every guest with a tag, so that a change to them can be undone. Stops at the first that fails,
-- and says which guests have one.
--   pvelua --cluster demo --param tag=web --param change=1234 run examples/snapshot-before-change.lua

runbook{
  name = "snapshot-before-change",
  description = "Takes a snapshot of every guest with a tag, so that a change to them can be undone.",
  params = {
    tag = { type = "tag", default = "web", help = "Which guests." },
    change = { type = "integer", min = 1, default = 1, help = "The number of the change, for the snapshots' name." },
  },
  actions = { "snapshot.create" },
}

local tag, change = pve.params.tag, pve.params.change
local taken = {}

for _, vm in ipairs(pve.list_vms{ tag = tag }) do
  local ok, result = pcall(pve.snapshot, vm.node, vm, { change_number = change, description = "before change " .. change })
  if not ok then
    pve.log(("%d of the guests have a snapshot; %s has none"):format(#taken, vm.name), "error")
    error(result)
  end
  taken[#taken + 1] = { vmid = vm.vmid, name = vm.name, snapshot = result.name }
end

pve.table(taken, { "vmid", "name", "snapshot" })
