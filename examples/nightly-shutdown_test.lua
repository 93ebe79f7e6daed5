-- Tests of nightly-shutdown.lua: pvelua test examples

describe("nightly-shutdown", function()
  it("shuts the guests of a pool down and leaves the others alone", function()
    local run = sim.run("nightly-shutdown.lua", { params = { pool = "web" }, answers = { confirm = true } })

    expect(run):to_succeed()
    expect(run.output):to_contain("2 down, 0 still up")
    expect(sim.guest(101).status):to_be("stopped")
    expect(sim.guest(102).status):to_be("stopped")
    expect(sim.guest(100).status):to_be("running")
    expect(sim.sent("guest.stop")):to_have_count(0)
  end)

  it("asks before it touches a guest", function()
    local run = sim.run("nightly-shutdown.lua", { answers = { confirm = false } })

    expect(run):to_fail("confirmation_required")
    expect(run.status):to_be(20)
    expect(sim.consents()[1]):to_contain{ action = "guest.shutdown", vmid = 101, answer = "no" }
    expect(sim.sent()):to_have_count(0)
  end)

  it("goes on when a guest does not want to", function()
    sim.set(101, { ignores_shutdown = true })
    local before = sim.now()
    local run = sim.run("nightly-shutdown.lua", { yes = true })

    expect(run):to_succeed()
    expect(run.output):to_contain("1 down, 1 still up")
    expect(run.log):to_contain("warning: web-1 did not shut down within a minute")
    expect(sim.guest(101).status):to_be("running")
    expect(sim.now() - before):to_be_at_least(60)
  end)

  it("stops at what is no time-out", function()
    sim.fault{ on = "guest.shutdown", vmid = 101, kind = "permission" }
    local run = sim.run("nightly-shutdown.lua", { yes = true })

    expect(run):to_fail("permission")
    expect(sim.guest(102).status):to_be("running")
  end)
end)
