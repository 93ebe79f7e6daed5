-- expect: limit cpu
-- attack: utf8.len of a megabyte for ever
local s = ('ä'):rep(1 << 19)
while true do utf8.len(s) end
