-- expect: limit frame
-- attack: a small graph of tables that is 2^40 values as an argument
local t = { 'xxxxxxxxxxxxxxxx' }
for _ = 1, 40 do t = { t, t } end
pve.echo(t)
