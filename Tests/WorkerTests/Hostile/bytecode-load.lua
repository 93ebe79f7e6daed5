-- expect: error attempt to load a binary chunk
-- attack: load of bytecode, in mode b and bt
local f, problem = load('\27Lua\x54\0\x19\x93\r\n\x1a\n', 'x', 'b')
assert(f == nil)
local _, second = load('\27Lua', 'x', 'bt')
error(second, 0)
