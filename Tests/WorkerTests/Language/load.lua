assert(load('return 1 + 1')() == 2 and load('return ...', 'n', 't', {})(3) == 3)
local f, e = load('x =') assert(f == nil and e:find('unexpected symbol') and e:find('<eof>'))
local env = { y = 5 } assert(load('x = y * 2 return x', 'chunk', 't', env)() == 10 and env.x == 10 and x == nil)
local parts, i = { 'return ', '4', '2' }, 0
assert(load(function() i = i + 1 return parts[i] end)() == 42)
assert(select(2, load('error("m")', '=name')) == nil)
local ok, m = pcall(load('error("m")', '=name')) assert(m == 'name:1: m')
ok, m = pcall(load('\n\nerror("m")', '@file.lua')) assert(m == 'file.lua:3: m')
ok, m = pcall(load('error("m")', 'text')) assert(m == '[string "text"]:1: m')
assert(load('local _ENV = { z = 1 } return z')() == 1)
do local _ENV = { w = 2 } w = w + 1 end
local function with(_ENV) return a end assert(with({ a = 'given' }) == 'given')
assert(_ENV == _G and _G._G == _G)
assert(not load('return 0x') and not load('return "abc') and not load('a.b:c = 1') and not load('return 1 return 2'))
return true
