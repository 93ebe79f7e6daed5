-- expect: limit output
-- attack: print for ever
while true do print(('x'):rep(100)) end
