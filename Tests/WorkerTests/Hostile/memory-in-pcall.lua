-- expect: limit memory
-- attack: memory without end in pcall, again and again
local t = {}
while true do pcall(function() while true do t[#t + 1] = { {}, {}, {}, {} } end end) end
