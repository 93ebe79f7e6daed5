-- expect: limit memory
-- attack: memory without end, with a handler that claims to have handled it
local t = {}
xpcall(function() while true do t[#t + 1] = { {}, {}, {}, {} } end end, function() return 'handled' end)
return 'swallowed'
