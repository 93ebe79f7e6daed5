-- expect: limit depth
-- attack: coroutines in coroutines without end
local function f() coroutine.wrap(f)() end
f()
