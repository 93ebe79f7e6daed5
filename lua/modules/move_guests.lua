-- SPDX-License-Identifier: Apache-2.0
-- pve.move_guests(moves, options): moves guests, several at once, and says afterwards where each really is.

local _, pve = ...
pve = pve or _G.pve

-- What a person or a rule decided, or nobody knows, is told as it was; a summary would hide it.
local plain = {
  "policy_denied", "confirmation_required", "approval_required", "limit", "in_doubt", "cancelled", "permission", "auth",
}

local function whereabouts(vmid)
  local ok, vm = pcall(pve.vm, vmid)
  if not ok then
    return { text = "cannot be told" }
  end
  local text = string.format("%s on %s", vm.status, vm.node)
  if vm.lock then
    text = text .. ", locked (" .. vm.lock .. ")"
  end
  return { text = text, node = vm.node, status = vm.status, lock = vm.lock, name = vm.name }
end

local function called(move)
  return move.name and string.format("%d (%s)", move.vmid, move.name) or tostring(move.vmid)
end

local function check(moves)
  for index, move in ipairs(moves) do
    local fits = type(move) == "table" and math.type(move.vmid) == "integer" and type(move.to) == "string"
    if not fits then
      pve.fail(string.format("moves[%d] must have a vmid and, in to, a node", index), { kind = "parameter" })
    end
  end
end

local function with(choices, wait, timeout)
  local options = { wait = wait, timeout = timeout }
  for name, value in pairs(choices or {}) do
    options[name] = value
  end
  return options
end

local function raise(moved, failed, left, total)
  local lines = { string.format("%d of %d guests moved", #moved, total) }
  for _, move in ipairs(failed) do
    lines[#lines + 1] = string.format("%s did not get to %s: %s", called(move), move.to, string.sub(move.error, 1, 400))
  end
  local places = {}
  for _, list in ipairs{ moved, failed, left } do
    for _, move in ipairs(list) do
      places[#places + 1] = called(move) .. " is " .. whereabouts(move.vmid).text
    end
  end
  local text = table.concat(lines, "; ") .. ". Now " .. table.concat(places, "; ")
  for _, kind in ipairs(plain) do
    if pve.is_error(failed[1].problem, kind) then
      pve.log(text, "error")
      error(failed[1].problem, 0)
    end
  end
  pve.fail(string.sub(text, 1, 4000),
    { kind = "task_failed", hint = "repair what is wrong and ask again: what has moved already stays where it is" })
end

return function(moves, options)
  options = options or {}
  check(moves)
  local limit, stops = options.limit or 1, options.stop_on_error ~= false
  local moved, failed, underway, position = {}, {}, {}, 1

  local function ended(move, ok, problem)
    local now = whereabouts(move.vmid)
    local entry = { vmid = move.vmid, name = move.name or now.name, from = move.from, to = move.to, options = move.options }
    if ok then
      entry.node, entry.status, entry.upid = now.node, now.status, move.upid
      moved[#moved + 1] = entry
      pve.log(string.format("guest %s is on %s now", called(entry), tostring(now.node)), "info")
      return
    end
    entry.error = pve.is_error(problem) and problem.message or tostring(problem)
    entry.kind = pve.is_error(problem) and problem.kind or "script"
    entry.node, entry.status, entry.lock, entry.problem = now.node, now.status, now.lock, problem
    failed[#failed + 1] = entry
    pve.log(string.format("guest %s did not move: %s", called(entry), entry.error), "error")
  end

  local function start(given)
    local move = { vmid = given.vmid, name = given.name, to = given.to, from = given.from, options = given.options }
    local before = whereabouts(move.vmid)
    move.from, move.name = move.from or before.node, move.name or before.name
    if before.node == move.to then
      moved[#moved + 1] = { vmid = move.vmid, name = move.name, from = move.from, to = move.to, node = move.to, status = before.status }
      return
    end
    local ok, task = pcall(pve.migrate, nil, move.vmid, move.to, with(move.options, limit == 1, options.timeout))
    if ok then
      move.upid = task.upid
    end
    if limit == 1 or not ok then
      ended(move, ok, task)
    else
      move.task, move.begun = task, pve.now()
      underway[#underway + 1] = move
    end
  end

  -- Only a task that has ended is waited for, which checks its effect as well. The task itself is given, not a path made of its
  -- name: that a plan could not know.
  local function settle(index)
    local move = underway[index]
    local ok, task = pcall(pve.task, move.task)
    local left = math.max(0, move.begun + (options.timeout or 3600) - pve.now())
    if ok and task.status == "running" and left > 0 then
      return false
    end
    table.remove(underway, index)
    ended(move, pcall(pve.poll, move.task, { timeout = left }))
    return true
  end

  while position <= #moves or #underway > 0 do
    while #underway < limit and position <= #moves and not (stops and #failed > 0) do
      position = position + 1
      start(moves[position - 1])
    end
    if #underway == 0 then
      break
    end
    local some = false
    for index = #underway, 1, -1 do
      some = settle(index) or some
    end
    if not some then
      pve.sleep(1)
    end
  end

  local left = table.move(moves, position, #moves, 1, {})
  if #failed > 0 and stops then
    raise(moved, failed, left, #moves)
  end
  for _, entry in ipairs(failed) do
    entry.problem = nil
  end
  return { moves = moved, failed = failed }
end
