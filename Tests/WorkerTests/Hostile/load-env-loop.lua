-- expect: limit cpu
-- attack: an environment whose __index never ends
load('return x', 'c', 't', setmetatable({}, { __index = function() while true do end end }))()
