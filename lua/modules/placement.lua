-- SPDX-License-Identifier: Apache-2.0
-- pve.placement(guests, nodes): which guest goes where, by memory; reckons only, and asks nothing of the cluster.

local _, pve = ...
pve = pve or _G.pve

local GiB = 1024 ^ 3

-- Those that run first, the largest first: what is hard to place is placed while there is room.
local function order(a, b)
  local x, y = a.memory or 0, b.memory or 0
  if x ~= y then
    return x > y
  end
  local v, w = a.weight or x, b.weight or y
  if v ~= w then
    return v > w
  end
  return a.vmid < b.vmid
end

-- What is free on each node, as a thing of its own: each attempt uses it up.
local function capacity(nodes)
  local rooms = {}
  for index, node in ipairs(nodes) do
    local space = {}
    for storage, bytes in pairs(node.space or {}) do
      space[storage] = bytes
    end
    rooms[index] = { node = node.node, free = node.free, rank = node.free or 0, space = space }
  end
  table.sort(rooms, function(a, b) return a.node < b.node end)
  return rooms
end

local function allows(guest, node)
  if guest.nodes == nil then
    return true
  end
  for _, name in ipairs(guest.nodes) do
    if name == node then
      return true
    end
  end
  return false
end

-- Why a node cannot take a guest that may go there; nil where it can.
local function lack(guest, room)
  if room.free and (guest.memory or 0) > room.free then
    return string.format("%s has %.1f GiB of memory left, %.1f are needed", room.node, room.free / GiB, guest.memory / GiB)
  end
  for storage, bytes in pairs(guest.space or {}) do
    local free = room.space[storage]
    if free and bytes > free then
      return string.format("%s of %s has %.1f GiB left, %.1f are needed", storage, room.node, free / GiB, bytes / GiB)
    end
  end
end

local function put(guest, room)
  local memory = guest.memory or 0
  room.free = room.free and room.free - memory
  room.rank = room.rank - (guest.weight or memory)
  for storage, bytes in pairs(guest.space or {}) do
    room.space[storage] = room.space[storage] and room.space[storage] - bytes
  end
end

local function attempt(guests, nodes, better)
  local rooms, moves, unplaced = capacity(nodes), {}, {}
  for _, guest in ipairs(guests) do
    local best, reasons = nil, {}
    for _, room in ipairs(rooms) do
      if allows(guest, room.node) then
        local reason = lack(guest, room)
        if reason then
          reasons[#reasons + 1] = reason
        elseif not best or better(room.rank, best.rank) then
          best = room
        end
      end
    end
    if best then
      put(guest, best)
      moves[#moves + 1] = { vmid = guest.vmid, to = best.node }
    else
      unplaced[#unplaced + 1] = { vmid = guest.vmid, reasons = #reasons > 0 and reasons or { "no node may take it" } }
    end
  end
  local left = {}
  for index, room in ipairs(rooms) do
    left[index] = { node = room.node, free = room.free }
  end
  return { moves = moves, unplaced = unplaced, nodes = left }
end

return function(guests, nodes)
  local sorted = table.move(guests, 1, #guests, 1, {})
  table.sort(sorted, order)
  -- Evenly first, so that no node is driven to its limit; packed tightly where not all find room that way.
  local even = attempt(sorted, nodes, function(a, b) return a > b end)
  if #even.unplaced == 0 then
    return even
  end
  local tight = attempt(sorted, nodes, function(a, b) return a < b end)
  return #tight.unplaced < #even.unplaced and tight or even
end
