-- expect: limit cpu
-- attack: an endless __close in a coroutine that fails
local co = coroutine.wrap(function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  error('x')
end)
pcall(co)
return 'swallowed'
