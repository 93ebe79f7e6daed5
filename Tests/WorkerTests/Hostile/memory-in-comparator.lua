-- expect: limit memory
-- attack: memory without end in a comparator
local t = {}
return pcall(table.sort, { 2, 1 }, function() while true do t[#t + 1] = { {}, {}, {} } end end)
