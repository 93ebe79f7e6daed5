-- Starts a stack from the bottom up: each guest must run before the next one is asked for.
--   pvelua --cluster demo run examples/start-in-order.lua
--   pvelua --cluster demo --param order=103,111 run examples/start-in-order.lua

runbook{
  name = "start-in-order",
  description = "Starts a stack from the bottom up: each guest must run before the next one is asked for.",
  params = { order = { type = "vmid", list = true, default = { 103, 111 }, help = "The guests, the lowest first." } },
  actions = { "guest.start" },
}

for position, vmid in ipairs(pve.params.order) do
  local result = pve.vm_action(nil, vmid, "start", { timeout = 120 })
  print(("%d. guest %d is %s%s"):format(position, vmid, result.status, result.changed and "" or " already"))
end
