-- expect: limit cpu
local s = ('ä'):rep(1 << 19)
while true do utf8.len(s) end
