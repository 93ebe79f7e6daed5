-- expect: limit cpu
-- attack: a coroutine that yields for ever
local step = coroutine.wrap(function() while true do coroutine.yield() end end)
while true do step() end
