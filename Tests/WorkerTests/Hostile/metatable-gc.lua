-- expect: error metamethod '__gc' is not available
-- attack: a finalizer
setmetatable({}, { __gc = function() while true do end end })
