-- expect: limit cpu
-- attack: an endless __index in pcall
local t = setmetatable({}, { __index = function() while true do end end })
return pcall(function() return t.x end)
