-- expect: returns true
local co
co = coroutine.create(function() return coroutine.resume(co) end)
local ok, inner = coroutine.resume(co)
return ok and inner == false
