-- expect: returns true
-- attack: __metatable, which must protect
local t = setmetatable({}, { __metatable = 'no' })
return getmetatable(t) == 'no' and not pcall(setmetatable, t, {})
