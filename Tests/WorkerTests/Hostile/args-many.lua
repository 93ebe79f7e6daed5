-- expect: limit memory cpu frame
-- attack: a million arguments in a call
local t = {} for i = 1, 200000 do t[i] = 'argument ' .. i end
while true do pve.echo(table.unpack(t, 1, 100000)) end
