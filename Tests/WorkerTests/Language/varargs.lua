local function count(...) return select('#', ...) end
assert(count() == 0 and count(nil) == 1 and count(nil, nil) == 2)
local function pass(...) return ... end
assert(select(2, pass(1, 2, 3)) == 2 and (pass(1, 2)) == 1 and select(-1, 1, 2, 3) == 3)
local t = { pass(1, 2), pass(3, 4) }
assert(#t == 3 and t[2] == 3)
local p = table.pack(nil, 2, nil)
assert(p.n == 3 and p[2] == 2 and select('#', table.unpack(p, 1, p.n)) == 3)
local function first(a, ...) local b, c = ... return a, b, c end
local a, b, c = first(1, 2) assert(a == 1 and b == 2 and c == nil)
assert(table.unpack({ 1, 2, 3 }, 2) == 2 and table.unpack({}, 1, 2) == nil)
assert(not load('function f() return ... end'))
assert(load('return ...')(7) == 7)
return true
