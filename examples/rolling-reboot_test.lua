-- Tests of rolling-reboot.lua: pvelua test examples

describe("rolling-reboot", function()
  local options = { params = { pool = "web", spare = 103 }, yes = true }

  it("reboots the pool one by one while the spare runs", function()
    local run = sim.run("rolling-reboot.lua", options)

    expect(run):to_succeed()
    local reboots = sim.sent("guest.reboot")
    expect(reboots):to_have_count(2)
    -- The second only when the first was well again.
    expect(reboots[2].time - reboots[1].time):to_be_greater_than(4)
    expect(sim.guest(101).status):to_be("running")
    expect(sim.guest(103).status):to_be("stopped")
  end)

  it("shuts the spare down again when a reboot fails", function()
    sim.fault{ on = "guest.reboot", kind = "task_failed" }
    local run = sim.run("rolling-reboot.lua", options)

    expect(run).never:to_succeed()
    expect(sim.sent("guest.start")):to_contain{ vmid = 103 }
    expect(sim.guest(103).status):to_be("stopped")
  end)

  it("does not begin when the spare does not start", function()
    sim.set(103, { lock = "backup" })
    expect(sim.run("rolling-reboot.lua", options)):to_fail("locked")
    expect(sim.sent("guest.reboot")):to_have_count(0)
  end)
end)
