-- expect: limit depth frame
-- attack: 65 tables in each other as an argument
local t = {} for _ = 1, 64 do t = { t } end
pve.echo(t)
