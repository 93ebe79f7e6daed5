-- expect: limit cpu
local s = ('x'):rep(1 << 20)
while true do string.format('%s', s) end
