-- expect: error metamethod '__mode' is not available
local m = setmetatable({ __newindex = {} }, { __mode = 'v' })
setmetatable({}, m).x = 1
