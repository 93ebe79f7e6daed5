-- expect: returns true
-- attack: arguments with __index, __pairs, __len and __tostring, none of which runs
local bad = function() error('it ran') end
local t = setmetatable({ 1 }, { __index = bad, __pairs = bad, __len = bad, __tostring = bad, __name = 'host' })
pve.echo(t, { t }, { k = t }) return true
