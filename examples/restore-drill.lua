-- Proves that a backup can be restored: makes a new guest of the newest backup, cuts it off the network, starts it, looks
-- whether it stays up, shuts it down, and removes it where the policy lets it.
--   pvelua --cluster demo --yes --param guest=101 run examples/restore-drill.lua

runbook{
  name = "restore-drill",
  description = "Proves that a backup can be restored: as a new guest, cut off the network, started, and removed again.",
  params = { guest = { type = "guest", default = 101, help = "The guest whose newest backup is tried." } },
  actions = { "backup.restore", "guest.create", "guest.config", "guest.start", "guest.shutdown", "guest.destroy", "guest.destroy.purge" },
}

local guest = pve.vm(pve.params.guest)
local age, backup = pve.backup_age(guest)
if not backup then
  pve.fail(("guest %d has no backup"):format(guest.vmid), { kind = "not_found", vmid = guest })
end
print(("restoring the newest backup of %s"):format(guest.name))

local made = pve.restore(backup, { name = "drill-" .. guest.vmid })
local drill = pve.vm(made.vmid)
print(("%s is guest %d on %s"):format(drill.name, drill.vmid, drill.node))

-- A copy that answered under the original's address would be worse than no drill.
local path = ("/nodes/%s/%s/%d/config"):format(drill.node, drill.kind, drill.vmid)
local config, cut = pve.api.get(path), {}
for name, value in pairs(config) do
  if name:find("^net%d+$") then
    cut[name] = value:gsub(",link_down=%d", "") .. ",link_down=1"
  end
end
if next(cut) then
  pve.api.put(path, cut)
end

local ok, problem = pcall(function()
  drill:start{ timeout = 300 }
  pve.sleep(10)
  if pve.vm(drill.vmid).status ~= "running" then
    pve.fail("it did not stay up", { kind = "task_failed" })
  end
  print("it starts and stays up")
  drill:shutdown{ timeout = 120 }
end)

local removed, why = pcall(function() pve.destroy(nil, drill.vmid, { purge = true }) end)
if removed then
  print("and is gone again")
else
  print(("guest %d is left (%s): remove it by hand"):format(drill.vmid, why.kind or tostring(why)))
end
if not ok then
  error(problem)
end
