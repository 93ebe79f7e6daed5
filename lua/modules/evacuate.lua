-- SPDX-License-Identifier: Apache-2.0
-- pve.evacuate(node, options): moves the guests of a node to the others, planned by memory before anything starts.

local _, pve = ...
pve = pve or _G.pve

-- The nodes that may take guests.
local function destinations(name, targets)
  local rows, known = {}, {}
  for _, node in ipairs(pve.list_nodes()) do
    known[node.node] = node
  end
  if not known[name] then
    pve.fail("there is no node " .. name, { kind = "not_found" })
  end
  if known[name].status ~= "online" then
    pve.fail(string.format("node %s is %s: its guests cannot be moved", name, tostring(known[name].status)),
      { kind = "conflict", hint = "high availability recovers its guests; others wait until the node is back" })
  end
  for _, target in ipairs(targets or {}) do
    local target_name = type(target) == "table" and target.node or target
    if not known[target_name] or target_name == name then
      pve.fail(string.format("options.targets: %s is %s", target_name,
        target_name == name and "the node that is emptied" or "no node of this cluster"), { kind = "parameter" })
    end
    rows[#rows + 1] = known[target_name]
  end
  if not targets then
    for node_name, node in pairs(known) do
      if node_name ~= name then
        rows[#rows + 1] = node
      end
    end
  end
  table.sort(rows, function(a, b) return a.node < b.node end)
  local online = {}
  for _, node in ipairs(rows) do
    if node.status == "online" then
      local used = node.mem and node.maxmem and node.maxmem - node.mem
      online[#online + 1] = { node = node.node, free = used and math.max(0, used) }
    end
  end
  if #online == 0 then
    pve.fail("no node is there to take the guests of " .. name, { kind = "conflict" })
  end
  return online
end

local function choices(guest, options)
  local chosen = { with_local_disks = options.with_local_disks }
  if guest.kind == "lxc" then
    chosen = { restart = options.restart, shutdown_timeout = options.restart and options.shutdown_timeout or nil }
  end
  return chosen
end

-- What is so of a guest, and the options it is moved with: a map of storages is cut down to those where it has disks.
local function look(guest, options)
  local chosen = choices(guest, options)
  local found = pve.migrate_check(guest.vmid, nil, chosen)
  local map = options.target_storage
  if map == nil or found.ha or #found.local_disks == 0 then
    return found, chosen
  end
  if type(map) == "table" then
    local mine = {}
    for _, disk in ipairs(found.local_disks) do
      mine[disk.storage] = map[disk.storage]
    end
    map = next(mine) and mine or nil
  end
  chosen.target_storage = map
  return pve.migrate_check(guest.vmid, nil, chosen), chosen
end

-- The nodes that may take it, and why the others may not, the same words said once.
local function verdicts(found, nodes)
  local allowed, words, where = {}, {}, {}
  for _, node in ipairs(nodes) do
    local verdict = found.nodes[node.node]
    if verdict and verdict.allowed then
      allowed[#allowed + 1] = node.node
    else
      local texts = {}
      for _, reason in ipairs(verdict and verdict.reasons or {}) do
        texts[#texts + 1] = (reason.field and reason.field .. ": " or "") .. reason.text
      end
      local text = table.concat(texts, "; ")
      if not where[text] then
        where[text] = {}
        words[#words + 1] = text
      end
      table.insert(where[text], node.node)
    end
  end
  local reasons = {}
  for index, text in ipairs(words) do
    reasons[index] = table.concat(where[text], ", ") .. ": " .. text
  end
  return allowed, reasons
end

-- The memory it needs there, and the room that its copied disks take.
local function demand(guest, found, allowed)
  local space = {}
  for _, disk in ipairs(found.local_disks) do
    if disk.target_storage then
      space[disk.target_storage] = (space[disk.target_storage] or 0) + (disk.size or 0)
    end
  end
  return {
    vmid = guest.vmid, memory = found.running and found.memory or 0, weight = found.memory, nodes = allowed, space = space,
  }
end

local function describe(entry)
  return string.format("%d (%s): %s", entry.vmid, entry.name, table.concat(entry.reasons, "; "))
end

return function(node, options)
  options = options or {}
  local name = type(node) == "table" and node.node or node
  local nodes = destinations(name, options.targets)
  local kept, stayed, unmovable, demands, guests, asked = {}, {}, {}, {}, {}, {}
  for _, guest in ipairs(options.except ~= nil and pve.select(options.except) or {}) do
    kept[guest.vmid] = true
  end

  local function stay(guest, list, reasons)
    list[#list + 1] = { vmid = guest.vmid, name = guest.name, node = name, reasons = reasons }
  end
  for _, guest in ipairs(pve.list_vms{ node = name, template = true }) do
    stay(guest, stayed, { "is a template, which does not run" })
  end
  for _, guest in ipairs(pve.list_vms{ node = name }) do
    guests[guest.vmid] = guest
    if kept[guest.vmid] then
      stay(guest, stayed, { "was to stay" })
    else
      local ok, found, chosen = pcall(look, guest, options)
      local allowed, reasons = {}, { not ok and tostring(found.message or found) or nil }
      if ok then
        allowed, reasons = verdicts(found, nodes)
        asked[guest.vmid] = chosen
        for _, place in ipairs(nodes) do
          local verdict = found.nodes[place.node]
          place.space = place.space or verdict and verdict.target and verdict.target.storages
        end
      end
      if #allowed > 0 then
        demands[#demands + 1] = demand(guest, found, allowed)
      else
        stay(guest, unmovable, reasons)
      end
    end
  end

  local plan = pve.placement(demands, nodes)
  for _, entry in ipairs(plan.unplaced) do
    stay(guests[entry.vmid], unmovable, entry.reasons)
  end
  local moves = {}
  for index, move in ipairs(plan.moves) do
    moves[index] = {
      vmid = move.vmid, name = guests[move.vmid].name, from = name, to = move.to, options = asked[move.vmid],
    }
  end
  local texts = {}
  for index, entry in ipairs(unmovable) do
    texts[index] = describe(entry)
    stayed[#stayed + 1] = entry
  end
  if options.preview then
    return { node = name, moves = moves, stayed = stayed, failed = {}, unmovable = #unmovable, preview = true }
  end
  if #unmovable > 0 and not options.skip_unmovable then
    pve.fail(
      string.sub(string.format("%d %s cannot leave %s, so none was moved: %s", #unmovable,
        #unmovable == 1 and "guest" or "guests", name, table.concat(texts, ". ")), 1, 4000),
      { kind = "conflict", hint = "skip_unmovable = true moves the others; preview = true shows the plan" })
  end
  local result = pve.move_guests(moves, {
    limit = options.limit, stop_on_error = options.stop_on_error, timeout = options.timeout,
  })
  return { node = name, moves = result.moves, stayed = stayed, failed = result.failed, unmovable = #unmovable }
end
