-- expect: limit memory
-- attack: a string that doubles
local s = 'x'
while true do s = s .. s end
