-- expect: limit memory
-- attack: memory without end in a coroutine
local t = {}
local co = coroutine.create(function() while true do t[#t + 1] = { {}, {}, {}, {} } end end)
return coroutine.resume(co)
