-- SPDX-License-Identifier: Apache-2.0
-- pve.newest_backups(guests, options): the newest backup of each guest and its age, with the guests that have none.

local _, pve = ...
pve = pve or _G.pve

-- All backups by vmid, and whether every storage could be looked at.
local function read(options)
  local ok, list = pcall(pve.backups, { storage = options.storage, strict = true })
  if not ok then
    if options.strict or not pve.is_error(list, "storage_unavailable") then
      error(list, 0)
    end
    list = pve.backups{ storage = options.storage }
  end
  local by_guest = {}
  for _, backup in ipairs(list) do
    if backup.vmid then
      by_guest[backup.vmid] = by_guest[backup.vmid] or {}
      table.insert(by_guest[backup.vmid], backup)
    end
  end
  return by_guest, ok
end

return function(guests, options)
  if options == nil and type(guests) == "table" and (guests.storage ~= nil or guests.strict ~= nil) and not guests.vmid then
    guests, options = nil, guests
  end
  local chosen
  if guests == nil then
    chosen = pve.list_vms()
  else
    chosen = pve.select(guests)
  end
  local by_guest, complete = read(options or {})
  local rows = {}
  for _, guest in ipairs(chosen) do
    local backups = by_guest[guest.vmid] or {}
    rows[#rows + 1] = {
      vmid = guest.vmid, name = guest.name, node = guest.node, count = #backups, backup = backups[1],
      age = backups[1] and backups[1].age, complete = complete,
    }
  end
  table.sort(rows, function(a, b)
    local left, right = a.age or math.huge, b.age or math.huge
    if left ~= right then
      return left > right
    end
    return a.vmid < b.vmid
  end)
  return rows
end
