-- expect: limit output
-- attack: a flood without a line end
while true do print(('x'):rep(10000)) end
