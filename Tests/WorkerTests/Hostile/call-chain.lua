-- expect: error metamethod '__call' must be a function
local t = setmetatable({}, { __call = {} })
t()
