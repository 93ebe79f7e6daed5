-- expect: error
-- attack: 5,000 __index tables in a row
local t = {}
for _ = 1, 5000 do t = setmetatable({}, { __index = t }) end
return t.x
