-- Starts a stack from the bottom up: each guest must run before the next one is asked for.
--   pvelua --cluster demo run examples/start-in-order.lua
--   pvelua --cluster demo --param order=103,111 run examples/start-in-order.lua

local order = {}
for vmid in (pve.params.order or "103,111"):gmatch("%d+") do
  order[#order + 1] = math.tointeger(vmid)
end

for position, vmid in ipairs(order) do
  local result = pve.vm_action(nil, vmid, "start", { timeout = 120 })
  print(("%d. guest %d is %s%s"):format(position, vmid, result.status, result.changed and "" or " already"))
end
