-- expect: error
-- attack: an error object whose fields are computed for ever
error(setmetatable({}, { __index = function() while true do end end }))
