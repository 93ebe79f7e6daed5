-- expect: limit cpu
for _ in string.gmatch(('a'):rep(100000), ('.-'):rep(20) .. 'b') do end
