-- expect: error attempt to load a binary chunk
-- attack: bytecode from a reader function
local sent
local _, problem = load(function() if not sent then sent = true return '\27Lua' end end, 'x', 'bt')
error(problem, 0)
