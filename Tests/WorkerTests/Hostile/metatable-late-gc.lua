-- expect: returns true
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
m.__concat = function() end
return getmetatable(t) == m and not pcall(function() return t .. t end)
