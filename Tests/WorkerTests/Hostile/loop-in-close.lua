-- expect: limit cpu
-- attack: an endless __close
local x <close> = setmetatable({}, { __close = function() while true do end end })
error('x')
