local function counter() local n = 0 return function() n = n + 1 return n end end
local a, b = counter(), counter()
assert(a() == 1 and a() == 2 and b() == 1)
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 10 return i end end
assert(fs[1]() == 11 and fs[1]() == 21 and fs[2]() == 12)
local get, set
do local shared = 1 get = function() return shared end set = function(v) shared = v end end
set(5) assert(get() == 5)
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
assert(fib(20) == 6765)
local k = 0
while k < 2 do local x = k fs[k] = function() return x end k = k + 1 end
assert(fs[0]() == 0 and fs[1]() == 1)
local function tail(n) if n == 0 then return 'done' end return tail(n - 1) end
assert(tail(100000) == 'done')
return true
