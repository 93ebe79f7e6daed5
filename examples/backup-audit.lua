-- Tells which guests have no backup, or none that is younger than so many hours, and which storages could not be looked at.
--   pvelua --cluster demo --param hours=26 run examples/backup-audit.lua
-- With fail=yes it ends with an error where a guest is without a fresh backup, for cron and CI.

runbook{
  name = "backup-audit",
  description = "Tells which guests have no backup, or none that is fresh.",
  params = {
    hours = { type = "integer", min = 1, default = 26, help = "How old the newest backup may be." },
    fail = { type = "boolean", default = false, help = "Whether to end with an error where one has none." },
  },
  actions = {}, -- it only reads
}

local limit = pve.params.hours * 3600
local rows, bad, complete = {}, {}, true

for _, guest in ipairs(pve.newest_backups()) do
  local verdict = "fresh"
  if not guest.age then
    verdict = "no backup"
  elseif guest.age > limit then
    verdict = "too old"
  elseif guest.backup.verification == "failed" then
    verdict = "verification failed"
  end
  if verdict ~= "fresh" then
    bad[#bad + 1] = guest.vmid
  end
  complete = complete and guest.complete
  rows[#rows + 1] = {
    vmid = guest.vmid, name = guest.name, backups = guest.count, verdict = verdict,
    newest = guest.backup and os.date("!%Y-%m-%d %H:%M", guest.backup.time) or "never",
  }
end

pve.table(rows, { "vmid", "name", "backups", "newest", "verdict" })
print(("%d of %d guests are without a fresh backup"):format(#bad, #rows))
if not complete then
  print("some storages could not be looked at: there may be more backups than these")
end
if #bad > 0 and pve.params.fail then
  pve.fail("guests without a fresh backup: " .. table.concat(bad, ", "), { kind = "conflict" })
end
