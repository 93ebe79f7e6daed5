-- expect: error metamethod '__concat' is not available
-- attack: a __concat that moves the stack under the running instruction
local function grow(n) if n == 0 then return '' end return grow(n - 1) .. '' end
local t = setmetatable({}, { __concat = function() grow(1000) return 'x' end })
return t .. t .. t
