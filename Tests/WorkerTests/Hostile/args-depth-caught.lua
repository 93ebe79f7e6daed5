-- expect: returns true
-- attack: a value that is too deep, caught by pcall
local t = {} for _ = 1, 100000 do t = { t } end
local ok, e = pcall(pve.echo, t)
return not ok and e.kind == 'limit' and pve.echo(1) == nil
