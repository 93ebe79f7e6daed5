-- expect: limit cpu
local step = coroutine.wrap(function() while true do coroutine.yield() end end)
while true do step() end
