-- expect: limit cpu
-- attack: an endless __tostring in print
print(setmetatable({}, { __tostring = function() while true do end end }))
