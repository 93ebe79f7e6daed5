-- expect: returns true
local co = coroutine.running()
local inner = coroutine.wrap(function() return coroutine.resume(co), coroutine.status(co), pcall(coroutine.close, co) end)
local resumed, status, closed = inner()
return resumed == false and status == 'normal' and closed == false
