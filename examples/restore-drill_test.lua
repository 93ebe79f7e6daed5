-- Tests of restore-drill.lua: pvelua test examples

describe("restore-drill", function()
  local allowed = { policy = "allow", params = { guest = 101 } }

  it("restores the newest backup without a network, and removes the guest again", function()
    local before = #sim.guests()
    local run = sim.run("restore-drill.lua", allowed)

    expect(run):to_succeed()
    expect(run.output):to_contain("it starts and stays up")
    expect(run.output):to_contain("and is gone again")
    expect(sim.guests()):to_have_count(before)
    local cut = sim.sent("guest.config")
    expect(cut[#cut].params.net0):to_contain("link_down=1")
  end)

  it("leaves the guest for a person where the policy wants an approval", function()
    local run = sim.run("restore-drill.lua", { yes = true })

    expect(run):to_succeed()
    expect(run.output):to_match("is left %(approval_required%)")
  end)

  it("tells of a guest without a backup", function()
    sim.guest{ vmid = 300, name = "fresh", node = "pve1", storage = "shared" }
    expect(sim.run("restore-drill.lua", { params = { guest = 300 } })):to_fail("not_found")
    expect(sim.sent()):to_have_count(0)
  end)

  it("fails when the restored guest does not start, and still cleans up", function()
    sim.fault{ on = "guest.start", kind = "task_failed", text = "start failed: QEMU exited with code 1" }
    local run = sim.run("restore-drill.lua", allowed)

    expect(run):to_fail("task_failed")
    expect(run.output):to_contain("and is gone again")
  end)
end)
