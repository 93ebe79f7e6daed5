-- SPDX-License-Identifier: Apache-2.0
-- pve.select(what): the guests that a guest, a list of guests or a table of filters means, as they are now.

local _, pve = ...
pve = pve or _G.pve

-- The vmids that were named, in their order, each once; nil where the guests are described by filters.
local function named(what)
  if type(what) ~= "table" then
    return { math.tointeger(what) }
  end
  if what.vmid ~= nil then
    return { math.tointeger(what.vmid) }
  end
  -- An empty table is an empty list: what a search found nothing for must never come to mean every guest.
  if next(what) ~= nil and what[1] == nil then
    return nil
  end
  local vmids, seen = {}, {}
  for _, guest in ipairs(what) do
    local vmid = math.tointeger(type(guest) == "table" and guest.vmid or guest)
    if not seen[vmid] then
      seen[vmid] = true
      vmids[#vmids + 1] = vmid
    end
  end
  return vmids
end

local function add(records, filters)
  for _, record in ipairs(pve.list_vms(filters)) do
    records[record.vmid] = record
  end
end

return function(what)
  local vmids = named(what)
  if not vmids then
    return pve.list_vms(what)
  end
  local records, guests = {}, {}
  if #vmids > 0 then
    add(records)
  end
  for index, vmid in ipairs(vmids) do
    if not records[vmid] then
      add(records, { template = true })
    end
    guests[index] = records[vmid]
      or pve.fail(string.format("there is no guest %d", vmid), { kind = "not_found", vmid = vmid })
  end
  return guests
end
