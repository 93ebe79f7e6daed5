-- expect: limit frame
-- attack: a small graph of tables that is 2^40 values as a result
local t = { 'xxxxxxxxxxxxxxxx' }
for _ = 1, 40 do t = { t, t } end
return t
