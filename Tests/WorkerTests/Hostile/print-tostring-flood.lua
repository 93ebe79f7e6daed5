-- expect: limit output cpu
-- attack: print of an object whose __tostring prints
local t = setmetatable({}, {}) getmetatable(t).__tostring = function() print('again') return 'x' end
while true do print(t) end
