-- expect: returns true
-- attack: 10,000 coroutines that close each other
local co
for i = 1, 10000 do
  local inner = co
  co = coroutine.create(function()
    local x <close> = setmetatable({}, { __close = function() if inner then coroutine.close(inner) end end })
    coroutine.yield()
  end)
  coroutine.resume(co)
end
return (pcall(coroutine.close, co)) ~= nil
