-- expect: limit cpu
return string.find(('a'):rep(100000), ('a*'):rep(30) .. 'b')
