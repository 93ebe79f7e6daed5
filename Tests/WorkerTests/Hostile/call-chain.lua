-- expect: error metamethod '__call' must be a function
-- attack: a __call that is no function
local t = setmetatable({}, { __call = {} })
t()
