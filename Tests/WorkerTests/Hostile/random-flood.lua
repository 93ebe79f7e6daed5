-- expect: limit cpu
-- attack: math.random for ever, with odd ranges
while true do math.random(math.mininteger, math.maxinteger) pcall(math.random, 2, 1) math.random(0) end
