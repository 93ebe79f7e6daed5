-- expect: returns true
local t = setmetatable({}, { __metatable = 'no' })
return getmetatable(t) == 'no' and not pcall(setmetatable, t, {})
