-- expect: returns true
-- attack: a coroutine that resumes itself while it runs
local co
co = coroutine.create(function() return coroutine.resume(co) end)
local ok, inner = coroutine.resume(co)
return ok and inner == false
