-- expect: error too many local variables
-- attack: more than 200 locals
local t = {} for i = 1, 201 do t[i] = 'local a' .. i .. ' = ' .. i end
error(select(2, load(table.concat(t, '\n'))), 0)
