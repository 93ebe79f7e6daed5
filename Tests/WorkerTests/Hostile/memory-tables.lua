-- expect: limit memory
-- attack: tables until memory ends
local t = {}
while true do t[#t + 1] = {} end
