-- expect: returns true
-- attack: 64 tables in each other as an argument, which is allowed
local t = {} for _ = 1, 63 do t = { t } end
pve.echo(t) return true
