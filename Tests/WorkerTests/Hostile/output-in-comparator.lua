-- expect: limit output
-- attack: print for ever in a comparator, errors caught
pcall(table.sort, { 2, 1 }, function() while true do pcall(print, ('x'):rep(100)) end end)
return 'swallowed'
