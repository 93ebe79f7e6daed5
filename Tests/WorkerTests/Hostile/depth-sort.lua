-- expect: error
-- attack: sort in its own comparator without end
local function f() table.sort({ 2, 1 }, f) return false end
f()
