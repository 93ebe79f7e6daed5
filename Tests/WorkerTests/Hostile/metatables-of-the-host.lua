-- expect: returns true
-- attack: changing pve, its tables and their metatables
return getmetatable(pve) == false and not pcall(setmetatable, pve, {}) and not pcall(rawset, pve, 'x', 1)
  and not pcall(function() pve.x = 1 end) and not pcall(function() pve.api.get = print end)
