-- expect: returns true
-- attack: a coroutine that catches all that would end it
local seen = 0
local co = coroutine.create(function()
  while true do pcall(coroutine.yield) seen = seen + 1 end
end)
coroutine.resume(co)
return coroutine.close(co) and seen == 0 and coroutine.status(co) == 'dead'
