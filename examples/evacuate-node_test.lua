-- Tests of evacuate-node.lua: pvelua test examples

describe("evacuate-node", function()
  it("empties the node and brings the guests back", function()
    local run = sim.run("evacuate-node.lua", { params = { node = "pve2" }, yes = true })

    expect(run):to_succeed()
    expect(run.output):to_match("0 run on pve2")
    expect(sim.guest(100).node):to_be("pve2")
    expect(sim.sent("guest.migrate")):to_contain{ vmid = 100, node = "pve2" }
  end)

  it("stays on the node where a migration fails", function()
    sim.set(100, { migration_fault = "stays" })
    local run = sim.run("evacuate-node.lua", { params = { node = "pve2" }, yes = true })

    expect(run).never:to_succeed()
    expect(sim.guest(100).node):to_be("pve2")
    expect(sim.guest(100).status):to_be("running")
  end)
end)
