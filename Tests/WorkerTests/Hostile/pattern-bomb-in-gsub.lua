-- expect: limit cpu
-- attack: a pattern that backtracks, in gsub
return pcall(string.gsub, ('a'):rep(100000), ('.-'):rep(20) .. 'b', '')
