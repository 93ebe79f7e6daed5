-- expect: returns true
-- attack: next of keys that are gone
local t = {} for i = 1, 100 do t['k' .. i] = i end
pcall(function() for k in pairs(t) do t[k] = nil t[k .. 'x'] = 1 end end)
return not pcall(next, {}, 'no such key')
