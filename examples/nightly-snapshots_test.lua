-- Tests of nightly-snapshots.lua: pvelua test examples
-- Three weeks of nights pass in these tests; none of them is waited for.

local day = 86400

local function nights(count)
  for _ = 1, count do
    -- Deleting asks for a typed yes, which --yes does not give.
    expect(sim.run("nightly-snapshots.lua", {
      params = { tag = "web", prune = "yes" }, answers = { ["snapshot.delete"] = true },
    })):to_succeed()
    sim.advance(day)
  end
end

describe("nightly-snapshots", function()
  it("takes a snapshot of each guest", function()
    local before = #sim.guest(102).snapshots
    nights(1)
    expect(#sim.guest(102).snapshots):to_be(before + 1)
  end)

  it("keeps a week of them, and some weeks", function()
    nights(21)
    -- Seven daily ones, and the last of each of the weeks before.
    expect(#sim.guest(102).snapshots):to_be_at_least(7)
    expect(#sim.guest(102).snapshots):to_be_at_most(11)
  end)

  it("leaves snapshots alone that it has not made", function()
    nights(10)
    expect(sim.guest(101).snapshots):to_contain("clean")
    expect(sim.sent("snapshot.delete")).never:to_have_count(0)
  end)
end)
