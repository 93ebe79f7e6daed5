-- expect: error
-- attack: a __tostring that asks itself
local t
t = setmetatable({}, { __tostring = function() return tostring(t) end })
return tostring(t)
