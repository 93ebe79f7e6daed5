-- expect: limit cpu
-- attack: an error object whose __tostring is endless
error(setmetatable({}, { __tostring = function() while true do end end }))
