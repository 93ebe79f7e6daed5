-- expect: error upvalues
-- attack: more than 255 upvalues
local t = {}
for f = 0, 1 do
  for i = 1, 180 do t[#t + 1] = 'local a' .. f .. '_' .. i .. ' = 0' end
  t[#t + 1] = 'local function f' .. f .. '()'
end
t[#t + 1] = 'return function() return 0'
for f = 0, 1 do for i = 1, 180 do t[#t + 1] = ' + a' .. f .. '_' .. i end end
t[#t + 1] = ' end end end'
error(select(2, load(table.concat(t, '\n'))), 0)
