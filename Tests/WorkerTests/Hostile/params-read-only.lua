-- expect: returns true
-- attack: writing to pve.params and pve.api
assert(not pcall(function() pve.api.get = print end))
assert(not pcall(rawset, pve, 'vm', print))
assert(not pcall(setmetatable, pve, {}))
return getmetatable(pve) == false or type(getmetatable(pve)) ~= 'table'
