-- expect: error
-- attack: an error object whose __tostring gives no text
error(setmetatable({}, { __tostring = function() return {} end }))
