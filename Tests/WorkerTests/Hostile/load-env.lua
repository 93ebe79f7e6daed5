-- expect: returns true
-- attack: load with an environment that lies about everything
local env = setmetatable({}, { __index = function(_, k) return _G[k] end, __newindex = function() error('no') end })
local f = load('x = 1 return print', 'c', 't', env)
assert(not pcall(f))
local g = load('local _ENV <const> = nil return x', 'c', 't', {})
assert(not pcall(g))
return load('return _ENV', 'c', 't', nil)() == nil
