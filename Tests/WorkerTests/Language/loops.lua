local n = 0 for i = 1, 0 do n = n + 1 end assert(n == 0)
for i = 3, 1, -1 do n = n + i end assert(n == 6)
n = 0 for i = math.maxinteger - 1, math.maxinteger do n = n + 1 end assert(n == 2)
n = 0 for i = math.mininteger, math.mininteger + 1 do n = n + 1 end assert(n == 2)
n = 0 for i = math.mininteger + 1, math.mininteger, -1 do n = n + 1 end assert(n == 2)
n = 0 for i = 1, math.huge do n = n + 1 if n == 10 then break end end assert(n == 10)
n = 0 for i = 1, -math.huge do n = n + 1 end assert(n == 0)
n = 0 for i = 1, 3.9 do n = n + 1 assert(math.type(i) == 'integer') end assert(n == 3)
n = 0 for i = 0.0, 1, 0.25 do n = n + 1 assert(math.type(i) == 'float') end assert(n == 5)
for i = 1, 3 do local j = i i = 10 assert(j <= 3) end
n = 0 repeat local done = n >= 2 n = n + 1 until done assert(n == 3)
n = 0 while true do n = n + 1 if n > 4 then break end end assert(n == 5)
for i = math.maxinteger, math.maxinteger + 1.0 do assert(i == math.maxinteger) break end
local function range(a, b) return function(_, i) if i < b then return i + 1 end end, nil, a - 1 end
n = 0 for i in range(1, 4) do n = n + i end assert(n == 10)
return true
