-- expect: limit cpu
return pcall(string.gsub, ('a'):rep(100000), ('.-'):rep(20) .. 'b', '')
