-- Shuts down the guests of a pool for the night, gently, and goes on when one does not want to.
--   pvelua --cluster demo --yes --param pool=web run examples/nightly-shutdown.lua

local pool = pve.params.pool or "web"
local down, up = 0, {}

for _, vm in ipairs(pve.list_vms{ pool = pool, status = "running" }) do
  local ok, problem = pcall(pve.vm_action, vm.node, vm, "shutdown", { timeout = 60 })
  if ok then
    down = down + 1
    print(("%s is down"):format(vm.name))
  elseif pve.is_error(problem, "guest_timeout") then
    up[#up + 1] = vm.name
    pve.log(vm.name .. " did not shut down within a minute", "warning")
  else
    error(problem)
  end
end

print(("%d down, %d still up"):format(down, #up))
