-- expect: returns true
-- attack: a table that contains itself as an argument
local t = {} t.t = t
pve.echo(t) return true
