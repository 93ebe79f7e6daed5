-- expect: error metamethod '__mode' is not available
-- attack: a weak metatable whose __newindex is collected
local m = setmetatable({ __newindex = {} }, { __mode = 'v' })
setmetatable({}, m).x = 1
