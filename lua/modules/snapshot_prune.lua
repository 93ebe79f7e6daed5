-- SPDX-License-Identifier: Apache-2.0
-- pve.snapshot_prune{ keep =, prefix =, guests = … }: deletes old snapshots whose names begin with a prefix.

local _, pve = ...
pve = pve or _G.pve

local function guests_of(first, options)
  if first ~= nil then
    return pve.select(first)
  end
  if options.guest ~= nil then
    return pve.select(options.guest)
  end
  if options.guests ~= nil then
    return pve.select(options.guests)
  end
  return pve.list_vms()
end

-- What becomes of the snapshots of one guest; those without the prefix are not even mentioned.
local function plan(guest, options, rows)
  local dated = {}
  for _, snapshot in ipairs(pve.snapshots(guest.vmid)) do
    if string.sub(snapshot.name, 1, #options.prefix) == options.prefix then
      local row = { vmid = guest.vmid, guest = guest.name, node = guest.node, name = snapshot.name, time = snapshot.time }
      if snapshot.incomplete then
        row.action, row.reason = "keep", "incomplete (" .. snapshot.incomplete .. ")"
        rows[#rows + 1] = row
      elseif not snapshot.time then
        row.action, row.reason = "keep", "its time is unknown"
        rows[#rows + 1] = row
      else
        dated[#dated + 1] = row
      end
    end
  end
  local marks = pve.retention(dated, options.keep)
  for _, kept in ipairs(marks.kept) do
    kept.item.action, kept.item.reason = "keep", kept.reason
    rows[#rows + 1] = kept.item
  end
  for _, row in ipairs(marks.removed) do
    row.action, row.reason = "delete", "kept by no rule"
    rows[#rows + 1] = row
  end
end

-- An error that ends the whole: nobody wants to go on after it.
local function is_final(problem, options)
  return type(problem) ~= "table" or options.stop_on_error or pve.is_error(problem, "cancelled")
    or pve.is_error(problem, "limit")
end

local function delete(rows, options, failures)
  -- Oldest first: whatever stops this half-way leaves the newer ones.
  for index = #rows, 1, -1 do
    local row = rows[index]
    if row.action == "delete" then
      local ok, problem = pcall(pve.snapshot_delete, row.node, row.vmid, row.name, { timeout = options.timeout })
      row.action = ok and "deleted" or "failed"
      if ok then
        failures.done = failures.done + 1
      else
        row.reason = tostring(problem)
        failures[#failures + 1] = { text = string.format("%s of %d: %s", row.name, row.vmid, row.reason), cause = problem }
        if is_final(problem, options) then
          return
        end
      end
    end
  end
end

-- Ends with an error that tells all, where something failed; with the only kind there is, where there is but one.
local function conclude(failures)
  if #failures == 0 then
    return
  end
  local texts, same = {}, failures.done == 0
  for index, failure in ipairs(failures) do
    texts[index] = failure.text
    same = same and type(failure.cause) == "table" and failure.cause.kind == failures[1].cause.kind
  end
  local text = string.format("%d snapshots deleted, %d failures: %s", failures.done, #failures, table.concat(texts, "; "))
  if same or is_final(failures[#failures].cause, {}) then
    pve.log(text, "error")
    error(failures[#failures].cause, 0)
  end
  pve.fail(text, { kind = "task_failed", hint = "do it again: what is deleted stays deleted" })
end

return function(first, options)
  -- pve.snapshot_prune{ … } names its guests among the options.
  if options == nil then
    first, options = nil, first
  end
  if options.prefix == "" then
    pve.fail("options.prefix: is empty; that would be every snapshot",
      { kind = "parameter", hint = "name how the snapshots begin that this made, such as \"auto-\"" })
  end
  local given = (first ~= nil and 1 or 0) + (options.guest ~= nil and 1 or 0) + (options.guests ~= nil and 1 or 0)
  if given > 1 then
    pve.fail("options.guests: says again which guests; say it once", { kind = "parameter" })
  end
  -- Fails for a keep that keeps nothing, before anything is looked at.
  pve.retention({}, options.keep)
  local rows, failures = {}, { done = 0 }
  for _, guest in ipairs(guests_of(first, options)) do
    -- A guest that cannot be looked at, as when its node is down, keeps nobody from the others.
    local ok, problem = pcall(plan, guest, options, rows)
    if not ok then
      if is_final(problem, options) then
        error(problem, 0)
      end
      failures[#failures + 1] = { text = string.format("guest %d: %s", guest.vmid, tostring(problem)), cause = problem }
      rows[#rows + 1] = { vmid = guest.vmid, guest = guest.name, action = "failed", reason = tostring(problem) }
    end
  end
  if not options.preview then
    delete(rows, options, failures)
    conclude(failures)
  end
  for _, row in ipairs(rows) do
    row.node = nil
  end
  return rows
end
