-- expect: limit cpu
-- attack: table.unpack of 200,000 values for ever
local t = {}
for i = 1, 200000 do t[i] = i end
while true do select('#', table.unpack(t)) end
