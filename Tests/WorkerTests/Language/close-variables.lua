local log = {}
local function closer(name) return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. ':' .. tostring(e) end }) end
do local a <close> = closer('a') local b <close> = closer('b') end
assert(table.concat(log, ' ') == 'b:nil a:nil')
log = {}
local ok, e = pcall(function() local a <close> = closer('a') error('boom', 0) end)
assert(not ok and e == 'boom' and log[1] == 'a:boom')
log = {}
local function f() local a <close> = closer('a') return 'value' end
assert(f() == 'value' and log[1] == 'a:nil')
log = {}
for i = 1, 2 do local a <close> = closer('l' .. i) if i == 1 then goto next end ::next:: end
assert(#log == 2)
log = {}
for _ in (function() return nil end), nil, nil, closer('for') do end
assert(log[1] == 'for:nil')
assert(not load('local x <const> = 1; x = 2') and not load('local x <close> = nil; x = 2') and not load('local x <other> = 1'))
assert(not pcall(function() local x <close> = {} end))
do local x <close> = nil local y <close> = false end
local c <const> = 42 assert((function() return c end)() == 42)
ok, e = pcall(function()
  local a <close> = setmetatable({}, { __close = function() error('second', 0) end })
  error('first', 0)
end)
assert(not ok and e == 'second')
return true
