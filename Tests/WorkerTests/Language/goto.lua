local out = {}
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto continue end
    out[#out + 1] = i * 10 + j
    ::continue::
  end
end
assert(table.concat(out, ',') == '11,13,21,23,31,33')
do
  local n = 0
  ::top:: n = n + 1
  if n < 5 then goto top end
  assert(n == 5)
end
assert(not load('goto nowhere'))
assert(not load('do goto l; local x; ::l:: print(x) end'))
assert(not load('::l:: ::l::'))
assert(not load('goto l; do ::l:: end'))
assert(load('do goto l; local x; ::l:: end'))
assert(not load('break'))
local fs, i = {}, 1
do
  ::again::
  local x = i
  fs[i] = function() return x end
  i = i + 1
  if i <= 3 then goto again end
end
assert(fs[1]() == 1 and fs[3]() == 3)
return true
