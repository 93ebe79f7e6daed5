-- expect: returns true
-- attack: pve.null as key, callee and operand
local n = pve.null
assert(not pcall(function() return n.x.y end)) assert(not pcall(n)) assert(not pcall(function() return n + 1 end))
pve.echo({ n }, n) return ({ [n] = 1 })[n] == 1
