-- expect: limit output
-- attack: print for ever, errors caught
while true do pcall(print, ('x'):rep(100)) end
