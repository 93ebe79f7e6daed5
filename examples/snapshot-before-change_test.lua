-- Tests of snapshot-before-change.lua: pvelua test examples

describe("snapshot-before-change", function()
  it("takes a snapshot of every guest with the tag", function()
    local run = sim.run("snapshot-before-change.lua", { params = { tag = "web", change = 1234 } })

    expect(run):to_succeed()
    for _, vmid in ipairs{ 101, 102 } do
      expect(sim.guest(vmid).snapshots):to_contain("aiagent-snap-1234")
    end
    expect(sim.guest(100).snapshots).never:to_contain("aiagent-snap-1234")
  end)

  it("stops at the first that fails, and says which have one", function()
    sim.fault{ on = "snapshot.create", vmid = 102, kind = "task_failed" }
    local run = sim.run("snapshot-before-change.lua", { params = { tag = "web" } })

    expect(run):to_fail("task_failed")
    expect(run.log):to_contain("error: 1 of the guests have a snapshot; web-2 has none")
    expect(sim.guest(101).snapshots):to_have_count(2)
    expect(sim.guest(102).snapshots):to_have_count(0)
  end)

  it("does nothing where no guest has the tag", function()
    expect(sim.run("snapshot-before-change.lua", { params = { tag = "none" } })):to_succeed()
    expect(sim.sent()):to_have_count(0)
  end)
end)
