-- expect: limit cpu
-- attack: string.upper of a megabyte for ever
local s = ('x'):rep(1 << 20)
while true do s:upper() end
