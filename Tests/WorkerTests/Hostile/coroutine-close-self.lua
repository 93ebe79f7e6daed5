-- expect: error
-- attack: a coroutine that closes itself and its parent
local c
c = coroutine.create(function() coroutine.close(c) end)
local ok, e = coroutine.resume(c) error(e, 0)
