-- Takes a snapshot of every guest of a pool or with a tag, and thins out those of the nights before: seven daily ones, four
-- weekly ones and three monthly ones stay. Snapshots that are called otherwise are never touched.
--   pvelua --cluster demo --param tag=web run examples/nightly-snapshots.lua                   takes, and shows what would go
--   pvelua --cluster demo --param tag=web --param prune=yes run examples/nightly-snapshots.lua  deletes it, too
-- Deleting asks for a typed yes unless the policy allows snapshot.delete: see docs/snapshots.md.

runbook{
  name = "nightly-snapshots",
  description = "Takes a snapshot of each guest, and thins out those of the nights before.",
  params = {
    pool = { type = "pool", help = "The guests of this pool; of the tag where none is given." },
    tag = { type = "tag", default = "web", help = "The guests with this tag." },
    prune = { type = "boolean", default = false, help = "Whether to delete what would go, instead of only showing it." },
  },
  actions = { "snapshot.create", "snapshot.delete" },
}

local prefix = "nightly-"
local keep = { daily = 7, weekly = 4, monthly = 3 }
local guests = pve.params.pool and { pool = pve.params.pool } or { tag = pve.params.tag }

local taken = pve.snapshot_all(guests, { name = os.date("!" .. prefix .. "%Y%m%d-%H%M"), description = "by nightly-snapshots.lua" })
print(("%d guests have a snapshot of tonight"):format(#taken))

local rows = pve.snapshot_prune{ guests = guests, prefix = prefix, keep = keep, preview = not pve.params.prune }
local count, perGuest = { keep = 0, delete = 0, deleted = 0 }, {}
for _, row in ipairs(rows) do
  count[row.action] = count[row.action] + 1
  perGuest[#perGuest + 1] = { vmid = row.vmid, guest = row.guest, action = row.action, reason = row.reason }
end
pve.table(perGuest, { "vmid", "guest", "action", "reason" })
print(("%d stay, %d would go, %d are gone"):format(count.keep, count.delete, count.deleted))
