-- SPDX-License-Identifier: Apache-2.0
-- pve.retention(list, keep): which of some dated things to keep, as PVE::Storage::prune_mark_backup_group decides it.
--
-- Newest first; each unit takes the newest thing of each of its periods until it has taken so many, and leaves out periods
-- of which an earlier unit has kept something. Periods are those of UTC; weeks begin on Mondays (ISO 8601).

local _, pve = ...
pve = pve or _G.pve

local units = { "last", "hourly", "daily", "weekly", "monthly", "yearly" }

local periods = {
  hourly = function(time) return time // 3600 end,
  daily = function(time) return time // 86400 end,
  -- Day 0 was a Thursday.
  weekly = function(time) return (time // 86400 + 3) // 7 end,
  monthly = function(time) return os.date("!%Y-%m", time) end,
  yearly = function(time) return os.date("!%Y", time) end,
}

local function entries_of(list)
  local entries = {}
  for index, item in ipairs(list) do
    local time = type(item) == "table" and math.tointeger((tonumber(item.time) or 0.5) // 1)
    -- What no calendar holds, os.date cannot name: the years 0 to 9999 are enough.
    if not time or not tonumber(item.time) or time < -62167219200 or time > 253402300799 then
      pve.fail(string.format("pve.retention: list[%d] has no time in seconds", index), { kind = "parameter" })
    end
    entries[index] = { item = item, time = time, index = index }
  end
  table.sort(entries, function(a, b)
    if a.time ~= b.time then
      return a.time > b.time
    end
    return a.index < b.index
  end)
  return entries
end

local function mark(entries, unit, count)
  local period = periods[unit] or function(_, entry) return entry end
  local before, taken, number = {}, {}, 0
  for _, entry in ipairs(entries) do
    if entry.reason and not entry.protected then
      before[period(entry.time, entry)] = true
    end
  end
  for _, entry in ipairs(entries) do
    local id = period(entry.time, entry)
    if not entry.reason and not entry.gone and not before[id] then
      if taken[id] then
        entry.gone = true
      elseif number >= count then
        return
      else
        number = number + 1
        taken[id] = true
        entry.reason = string.format("%s %d of %d", unit, number, count)
      end
    end
  end
end

return function(list, keep)
  local total = 0
  for _, unit in ipairs(units) do
    total = total + (keep[unit] or 0)
  end
  if total == 0 then
    pve.fail("keep: says to keep nothing at all; that would remove everything",
      { kind = "parameter", hint = "name at least one: { last = 3, daily = 7 }" })
  end
  local entries = entries_of(list)
  for _, entry in ipairs(entries) do
    if entry.item.protected == true then
      entry.reason, entry.protected = "protected", true
    end
  end
  for _, unit in ipairs(units) do
    if (keep[unit] or 0) > 0 then
      mark(entries, unit, keep[unit])
    end
  end
  local kept, removed = {}, {}
  for _, entry in ipairs(entries) do
    if entry.reason then
      kept[#kept + 1] = { item = entry.item, reason = entry.reason }
    else
      removed[#removed + 1] = entry.item
    end
  end
  return { kept = kept, removed = removed }
end
