-- expect: limit memory
-- attack: coroutines until memory ends
local t = {}
while true do t[#t + 1] = coroutine.create(print) end
