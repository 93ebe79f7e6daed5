-- expect: returns true
local function f() return pcall(f) end
return select('#', f()) > 0
