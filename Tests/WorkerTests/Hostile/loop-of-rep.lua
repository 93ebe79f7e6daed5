-- expect: limit cpu
-- attack: string.rep of 4 MiB for ever
while true do pcall(string.rep, 'x', 1 << 22) end
