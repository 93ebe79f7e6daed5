-- Reboots the running guests of a pool, one after the other; the next one only when the one before is well again.
-- Meanwhile a spare guest runs along; whatever goes wrong, it is shut down again.
--   pvelua --cluster demo --yes --param pool=web --param spare=103 run examples/rolling-reboot.lua

local pool = pve.params.pool or "web"
local spare = pve.vm(math.tointeger(pve.params.spare or 103))

spare:start()
local undo = pve.on_failure(function() spare:shutdown() end)
pve.wait_guest(spare, "ready", { timeout = 120 })

local results = pve.rolling({ pool = pool }, {
  timeout = 300,
  health = function(vm)
    -- Up again, and freshly so; a probe of the service itself would go here.
    return vm.status == "running" and vm.uptime < 600
  end,
})

undo()
spare:shutdown()
print(pve.report(results, { title = "Rebooted: pool " .. pool, columns = { "vmid", "name", "node", "outcome" } }))
