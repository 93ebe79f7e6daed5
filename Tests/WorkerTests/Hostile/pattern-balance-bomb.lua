-- expect: limit cpu
return string.find(('('):rep(1 << 20), '%b()')
