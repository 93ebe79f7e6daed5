-- expect: limit memory
-- attack: a string of 16 MB sent again and again with pcall
local s = ('x'):rep(4 << 20)
local t = {} while true do t[#t + 1] = s .. #t pcall(pve.echo, s) end
