-- expect: limit cpu
-- attack: gmatch iterators advanced by coroutines for ever
while true do
  for c in ('abcdef'):gmatch('.') do coroutine.wrap(function() coroutine.yield(c) end)() end
end
