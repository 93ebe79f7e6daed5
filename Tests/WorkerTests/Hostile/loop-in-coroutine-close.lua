-- expect: limit cpu
-- attack: an endless __close run by coroutine.close
local co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  coroutine.yield()
end)
coroutine.resume(co)
return coroutine.close(co)
