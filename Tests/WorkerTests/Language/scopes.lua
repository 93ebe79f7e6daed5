local x = 1 do local x = 2 assert(x == 2) end assert(x == 1)
local a, b, c = (function() return 1, 2 end)() assert(a == 1 and b == 2 and c == nil)
a, b = b, a assert(a == 2 and b == 1)
local i, t = 1, {} i, t[i] = i + 1, 20 assert(i == 2 and t[1] == 20)
local function f() return 1, 2, 3 end
local p, q = (f()) assert(p == 1 and q == nil)
assert(#{ f(), f() } == 4 and #{ f(), nil } == 1 and #{ (f()) } == 1)
assert((nil or false) == false and (nil and 1) == nil and (0 and 'zero is true') == 'zero is true' and not nil == true)
assert(1 and 2 or 3 == 2 and (false or nil) == nil)
local obj = { n = 1 } function obj:add(k) self.n = self.n + k return self end
assert(obj:add(2):add(3).n == 6)
function obj.sub(k) return -k end assert(obj.sub(1) == -1)
local s = 'x' assert(s:rep(2) == 'xx' and ('%d'):format(3) == '3' and #s == 1)
assert(type(print) == 'function' and type(nil) == 'nil' and type(type) == 'function' and not pcall(type))
; ; ; local long <const> = [[a]] assert(long == 'a')
return true
