-- expect: limit depth
local function f() coroutine.wrap(f)() end
f()
