-- expect: error
local t = {}
for _ = 1, 5000 do t = setmetatable({}, { __index = t }) end
return t.x
