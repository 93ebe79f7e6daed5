-- expect: limit depth
-- attack: an __index that asks itself
local t = setmetatable({}, { __index = function(t, k) return t[k] end })
return t.x
