-- SPDX-License-Identifier: Apache-2.0
-- pve.snapshot_all(guests, options): a snapshot of each of several guests.

local _, pve = ...
pve = pve or _G.pve

-- An error that ends the whole: nobody wants to go on after it.
local function is_final(problem)
  return pve.is_error(problem, "cancelled") or pve.is_error(problem, "limit")
end

return function(guests, options)
  options = options or {}
  local wish = {}
  for _, name in ipairs{ "name", "change_number", "description", "vmstate", "timeout" } do
    wish[name] = options[name]
  end
  local report, taken, failed, first, same = {}, {}, {}, nil, true
  for _, guest in ipairs(pve.select(guests)) do
    local mine = {}
    for name, value in pairs(wish) do
      mine[name] = value
    end
    if guest.kind == "lxc" then
      mine.vmstate = nil
    end
    local ok, result = pcall(pve.snapshot, guest.node, guest.vmid, mine)
    local row = { vmid = guest.vmid, name = guest.name, ok = ok }
    report[#report + 1] = row
    if ok then
      row.snapshot, row.result = result.name, result
      taken[#taken + 1] = string.format("%d (%s)", guest.vmid, result.name)
    else
      row.error = result
      failed[#failed + 1] = string.format("%d: %s", guest.vmid, tostring(result))
      same = same and (first == nil or (type(result) == "table" and type(first) == "table" and result.kind == first.kind))
      first = first or result
      if is_final(result) or type(result) ~= "table" then
        error(result, 0)
      end
      if options.stop_on_error then
        break
      end
    end
  end
  if #failed == 0 then
    return report
  end
  local text = string.format("%d of %d guests have no snapshot: %s; %s", #failed, #report, table.concat(failed, "; "),
    #taken > 0 and "taken: " .. table.concat(taken, ", ") or "none was taken")
  -- Where they all failed in one way the error keeps its kind, and with it the exit status.
  if same and #failed == #report then
    pve.log(text, "error")
    error(first, 0)
  end
  pve.fail(text, { kind = "task_failed", hint = "do it again for those that have none" })
end
