-- expect: returns true
-- attack: a chunk of 20,000 constants
local t = { 'return {' } for i = 1, 20000 do t[#t + 1] = i + 0.5 .. ',' end t[#t + 1] = '}'
return #load(table.concat(t))() == 20000
