-- expect: limit memory
local t = {}
xpcall(function() while true do t[#t + 1] = { {}, {}, {}, {} } end end, function() return 'handled' end)
return 'swallowed'
