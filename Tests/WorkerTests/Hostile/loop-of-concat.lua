-- expect: limit cpu memory
local t = {}
for i = 1, 100000 do t[i] = 'xxxxxxxxxx' end
while true do table.concat(t) end
