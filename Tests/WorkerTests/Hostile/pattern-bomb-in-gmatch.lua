-- expect: limit cpu
-- attack: a pattern that backtracks, in gmatch
for _ in string.gmatch(('a'):rep(100000), ('.-'):rep(20) .. 'b') do end
