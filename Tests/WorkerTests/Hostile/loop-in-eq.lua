-- expect: limit cpu
-- attack: an endless __eq
local m = { __eq = function() while true do end end }
return pcall(function() return setmetatable({}, m) == setmetatable({}, m) end)
