-- expect: limit cpu
-- attack: string.format of a megabyte for ever
local s = ('x'):rep(1 << 20)
while true do string.format('%s', s) end
