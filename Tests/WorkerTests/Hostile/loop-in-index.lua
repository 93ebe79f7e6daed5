-- expect: limit cpu
local t = setmetatable({}, { __index = function() while true do end end })
return pcall(function() return t.x end)
