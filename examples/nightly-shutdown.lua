-- Shuts down the guests of a pool for the night, gently, and goes on when one does not want to.
--   pvelua --cluster demo --yes --param pool=web run examples/nightly-shutdown.lua

runbook{
  name = "nightly-shutdown",
  description = "Shuts down the guests of a pool, gently, and goes on when one does not want to.",
  params = {
    pool = { type = "pool", default = "web", help = "The guests of this pool are shut down." },
    grace = { type = "duration", default = "60s", min = "1s", max = "1h", help = "How long each guest may take." },
  },
  actions = { "guest.shutdown" },
}

local pool, grace = pve.params.pool, pve.params.grace
local down, up = 0, {}

for _, vm in ipairs(pve.list_vms{ pool = pool, status = "running" }) do
  local ok, problem = pcall(pve.vm_action, vm.node, vm, "shutdown", { timeout = grace })
  if ok then
    down = down + 1
    print(("%s is down"):format(vm.name))
  elseif pve.is_error(problem, "guest_timeout") then
    up[#up + 1] = vm.name
    pve.log(("%s did not shut down within %s"):format(vm.name, grace == 60 and "a minute" or grace .. " s"), "warning")
  else
    error(problem)
  end
end

print(("%d down, %d still up"):format(down, #up))
