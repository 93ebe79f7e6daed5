-- expect: limit cpu
-- attack: a tree of millions of short coroutines
local function nest(depth)
  if depth == 0 then return end
  for _ = 1, 60 do coroutine.wrap(nest)(depth - 1) end
end
nest(7)
