-- expect: error take more than 64 MiB
local t = { 'xxxxxxxxxxxxxxxx' }
for _ = 1, 40 do t = { t, t } end
pve.echo(t)
