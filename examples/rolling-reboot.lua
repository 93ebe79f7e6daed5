-- Reboots the running guests of a pool, one after the other; the next one only when the one before is well again.
-- Meanwhile a spare guest runs along; whatever goes wrong, it is shut down again.
--   pvelua --cluster demo --yes --param pool=web --param spare=103 run examples/rolling-reboot.lua

runbook{
  name = "rolling-reboot",
  description = "Reboots the running guests of a pool in turn; the next one only when the one before is well again.",
  params = {
    pool = { type = "pool", default = "web", help = "The guests that are rebooted." },
    spare = { type = "guest", default = 103, help = "The guest that runs along meanwhile." },
  },
  actions = { "guest.start", "guest.reboot", "guest.shutdown" },
}

local pool = pve.params.pool
local spare = pve.vm(pve.params.spare)

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
