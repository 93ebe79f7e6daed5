-- expect: limit cpu
-- attack: tonumber of a megabyte of digits for ever
local s = ('1'):rep(1 << 20)
while true do tonumber(s) end
