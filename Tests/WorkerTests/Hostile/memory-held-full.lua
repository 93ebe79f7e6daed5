-- expect: limit memory cpu
local t = {}
pcall(function() while true do t[#t + 1] = ('x'):rep(65536) .. #t end end)
while true do local _ = {} end
