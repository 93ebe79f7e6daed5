-- expect: limit cpu
-- attack: pcall of pcall of error for ever
while true do pcall(pcall, pcall, error) end
