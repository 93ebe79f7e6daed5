-- expect: returns true
-- attack: a finalizer that is added after setmetatable
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
m.__concat = function() end
return getmetatable(t) == m and not pcall(function() return t .. t end)
