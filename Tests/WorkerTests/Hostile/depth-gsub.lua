-- expect: error
-- attack: gsub in its own callback without end
local function f() return (('x'):gsub('.', f)) end
return f()
