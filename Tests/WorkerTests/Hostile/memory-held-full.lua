-- expect: limit memory cpu
-- attack: memory that is held just below the limit, so that every allocation collects
local t = {}
pcall(function() while true do t[#t + 1] = ('x'):rep(65536) .. #t end end)
while true do local _ = {} end
