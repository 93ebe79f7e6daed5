-- SPDX-License-Identifier: Apache-2.0
-- pve.rolling(guests, options): handles guests one after the other, each only when the one before is well again.

local _, pve = ...
pve = pve or _G.pve

local function name(guest)
  return string.format("guest %d (%s)", guest.vmid, guest.name or "?")
end

local orders = {
  vmid = function(a, b) return a.vmid < b.vmid end,
  name = function(a, b) return (a.name or "") < (b.name or "") or a.name == b.name and a.vmid < b.vmid end,
  node = function(a, b) return (a.node or "") < (b.node or "") or a.node == b.node and a.vmid < b.vmid end,
}

-- What one step of an action does to all guests of a batch; with more than one, the tasks run side by side.
local function switch(batch, word, timeout)
  if #batch == 1 then
    pve.vm_action(nil, batch[1].guest, word, { timeout = timeout })
    return
  end
  local tasks = {}
  for index, entry in ipairs(batch) do
    if not entry.problem then
      local ok, task = pcall(pve.vm_action, nil, entry.guest, word, { wait = false })
      tasks[index], entry.problem = ok and task or nil, not ok and task or nil
    end
  end
  for index, entry in ipairs(batch) do
    if tasks[index] then
      local ok, problem = pcall(pve.poll, tasks[index], { timeout = timeout })
      entry.problem = not ok and problem or nil
    end
  end
end

local steps = { reboot = { "reboot" }, reset = { "reset" }, restart = { "shutdown", "start" } }

local function act(batch, action, timeout)
  if type(action) == "function" then
    for _, entry in ipairs(batch) do
      local ok, problem = pcall(function() action(pve.vm(entry.guest)) end)
      entry.problem = not ok and problem or nil
    end
    return
  end
  for _, word in ipairs(steps[action]) do
    local ok, problem = pcall(switch, batch, word, timeout)
    if not ok then
      batch[1].problem = problem
      return
    end
  end
end

local function check(entry, options)
  local limits = { timeout = options.timeout, interval = options.interval }
  if not options.health then
    pve.wait_guest(entry.guest, "ready", limits)
    return
  end
  limits.what = string.format("the health of guest %d", entry.guest.vmid)
  pve.wait(function() return options.health(pve.vm(entry.guest)) end, limits)
end

-- After these it is wrong to go on, whatever the script wants: somebody said no, or nobody knows what is true.
local final = { "policy_denied", "approval_required", "confirmation_required", "cancelled", "limit", "in_doubt",
  "plan_diverged", "auth", "permission", "parameter" }

local function ends_all(problem)
  for _, kind in ipairs(final) do
    if pve.is_error(problem, kind) then
      return true
    end
  end
  return false
end

local function list(entries, outcome)
  local words = {}
  for _, entry in ipairs(entries) do
    if entry.outcome == outcome and #words < 20 then
      words[#words + 1] = tostring(entry.guest.vmid)
    end
  end
  return #words > 0 and table.concat(words, ", ") or "none"
end

local function results(entries)
  local rows = {}
  for index, entry in ipairs(entries) do
    rows[index] = {
      vmid = entry.guest.vmid, name = entry.guest.name, node = entry.guest.node, outcome = entry.outcome,
      seconds = entry.seconds, problem = entry.problem and tostring(entry.problem) or nil,
    }
  end
  return rows
end

local function plan(guests, order)
  local chosen, entries, todo = pve.select(guests), {}, {}
  if orders[order] then
    table.sort(chosen, orders[order])
  end
  for index, guest in ipairs(chosen) do
    local entry = { guest = guest, outcome = "not_reached" }
    entries[index] = entry
    if guest.status == "running" then
      todo[#todo + 1] = entry
    else
      entry.outcome = "skipped"
      pve.log(string.format("rolling: %s is %s and is left as it is", name(guest), guest.status), "warning")
    end
  end
  return entries, todo
end

-- Handles the guests from `first` on that make one batch; gives the first problem.
local function handle(todo, first, options)
  local batch, begun = {}, pve.now()
  for index = first, math.min(first + (options.batch or 1) - 1, #todo) do
    batch[#batch + 1] = todo[index]
    pve.log(string.format("rolling: %d of %d, %s", index, #todo, name(todo[index].guest)))
  end
  act(batch, options.action or "reboot", options.timeout)
  local found
  for _, entry in ipairs(batch) do
    if not entry.problem then
      local ok, problem = pcall(check, entry, options)
      entry.problem = not ok and problem or nil
    end
    entry.outcome = entry.problem == nil and "done" or "failed"
    entry.seconds = pve.now() - begun
    if found == nil then
      found = entry.problem
    end
  end
  return found
end

return function(guests, options)
  options = options or {}
  local entries, todo = plan(guests, options.order)
  local size = options.batch or 1
  for first = 1, #todo, size do
    if first > 1 and options.pause then
      pve.sleep(options.pause)
    end
    local problem = handle(todo, first, options)
    if problem ~= nil and (options.stop_on_failure ~= false or ends_all(problem)) then
      pve.log(string.format("rolling stopped: done %s; failed %s; not reached %s", list(entries, "done"),
        list(entries, "failed"), list(entries, "not_reached")), "error")
      if type(problem) == "table" then
        problem.results = results(entries)
      end
      error(problem, 0)
    end
  end
  return results(entries)
end
