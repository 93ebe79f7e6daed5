-- SPDX-License-Identifier: Apache-2.0
-- pve.return_guests(result, options): brings back the guests that an evacuation moved.

local _, pve = ...
pve = pve or _G.pve

return function(result, options)
  options = options or {}
  local moves, stayed = {}, {}
  if type(result) ~= "table" or type(result.moves) ~= "table" then
    pve.fail("result: must be what an evacuation gave, or a table with moves", { kind = "parameter" })
  end
  if result.preview then
    pve.fail("result: is a preview; nothing was moved", { kind = "parameter" })
  end
  -- The last that left comes back first: the order in which room becomes free again.
  for index = #result.moves, 1, -1 do
    local move = result.moves[index]
    if type(move) ~= "table" or type(move.from) ~= "string" then
      pve.fail(string.format("result.moves[%d] must have a vmid and, in from, a node", index), { kind = "parameter" })
    end
    local found, vm = pcall(pve.vm, move.vmid)
    if not found and not pve.is_error(vm, "not_found") then
      error(vm, 0)
    end
    if not found then
      stayed[#stayed + 1] = { vmid = move.vmid, name = move.name, reasons = { "is gone: " .. vm.message } }
    elseif vm.node == move.from then
      stayed[#stayed + 1] = { vmid = vm.vmid, name = vm.name, node = vm.node, reasons = { "is back already" } }
    else
      -- As they went, so they come back; disks that went to another storage stay on it where that is shared.
      local chosen = move.options or {}
      local restart = options.restart
      if restart == nil then restart = chosen.restart end
      moves[#moves + 1] = {
        vmid = vm.vmid, name = vm.name, from = vm.node, to = move.from,
        options = vm.kind == "lxc" and { restart = restart, shutdown_timeout = chosen.shutdown_timeout }
          or { with_local_disks = options.with_local_disks or chosen.with_local_disks },
      }
    end
  end
  local back = pve.move_guests(moves, {
    limit = options.limit, stop_on_error = options.stop_on_error, timeout = options.timeout,
  })
  return { moves = back.moves, stayed = stayed, failed = back.failed }
end
