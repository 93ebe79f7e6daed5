-- expect: limit cpu
-- attack: an endless __close in a coroutine that the limit ends
local co = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end)
coroutine.resume(co)
coroutine.close(co)
return 'swallowed'
