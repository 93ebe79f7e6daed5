-- expect: limit memory cpu
-- attack: wraps in wraps without end
local function nest() return coroutine.wrap(nest)() end
while true do pcall(nest) end
