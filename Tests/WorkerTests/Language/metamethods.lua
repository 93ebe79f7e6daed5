local V = {}
V.__index = V
local function v(x) return setmetatable({ x = x }, V) end
local function val(a) return type(a) == 'table' and a.x or a end
for name, f in pairs({
  __add = function(a, b) return v(val(a) + val(b)) end, __sub = function(a, b) return v(val(a) - val(b)) end,
  __mul = function(a, b) return v(val(a) * val(b)) end, __idiv = function(a, b) return v(val(a) // val(b)) end,
  __band = function(a, b) return v(val(a) & val(b)) end, __shl = function(a, b) return v(val(a) << val(b)) end,
  __unm = function(a) return v(-a.x) end, __bnot = function(a) return v(~a.x) end, __len = function(a) return a.x end,
  __eq = function(a, b) return a.x == b.x end,
  __lt = function(a, b) return val(a) < val(b) end, __le = function(a, b) return val(a) <= val(b) end,
  __call = function(self, a) return self.x + a end, __tostring = function(a) return 'v' .. a.x end,
}) do V[name] = f end
assert((v(1) + 2).x == 3 and (5 - v(2)).x == 3 and (v(2) * v(3)).x == 6 and (v(7) // 2).x == 3)
assert((v(6) & 3).x == 2 and (v(1) << 3).x == 8 and (-v(1)).x == -1 and (~v(0)).x == -1 and #v(9) == 9)
assert(v(1) == v(1) and v(1) ~= v(2) and v(1) < v(2) and v(2) <= v(2))
assert(v(1) > v(0) and v(1)(4) == 5 and tostring(v(3)) == 'v3' and not rawequal(v(1), v(1)))
local log = {}
local t = setmetatable({}, { __index = function(_, k) return k .. '!' end, __newindex = function(t, k, x)
  log[#log + 1] = k rawset(t, k, x) end })
assert(t.a == 'a!') t.a = 1 t.a = 2 assert(t.a == 2 and #log == 1 and rawget(t, 'b') == nil)
local base = setmetatable({}, { __index = { deep = 1 } })
assert(setmetatable({}, { __index = base }).deep == 1)
local seen = {}
for k, x in pairs(setmetatable({}, { __pairs = function() return function(_, k) if not k then return 1, 'one' end end, nil, nil end })) do
  seen[k] = x
end
assert(seen[1] == 'one')
assert(getmetatable(setmetatable({}, { __metatable = 'locked' })) == 'locked')
return true
