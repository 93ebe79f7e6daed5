-- expect: returns true
-- attack: an order that contradicts itself
local t = {} for i = 1, 1000 do t[i] = i % 10 end
pcall(table.sort, t, function() return math.random() < 0.5 end)
return #t == 1000
