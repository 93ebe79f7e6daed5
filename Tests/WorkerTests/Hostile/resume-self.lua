-- expect: returns true
-- attack: a coroutine that resumes and closes itself
local co = coroutine.running()
local inner = coroutine.wrap(function() return coroutine.resume(co), coroutine.status(co), pcall(coroutine.close, co) end)
local resumed, status, closed = inner()
return resumed == false and status == 'normal' and closed == false
