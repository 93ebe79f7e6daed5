-- expect: limit cpu
while true do pcall(string.rep, 'x', 1 << 22) end
