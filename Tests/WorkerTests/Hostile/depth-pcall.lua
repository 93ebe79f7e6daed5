-- expect: returns true
-- attack: pcall in pcall without end
local function f() return pcall(f) end
return select('#', f()) > 0
