-- expect: returns true
-- attack: a metatable put on pve.params changes nothing of pve
pcall(setmetatable, pve.params, { __index = function() return 'x' end })
return type(pve.vm) == 'function'
