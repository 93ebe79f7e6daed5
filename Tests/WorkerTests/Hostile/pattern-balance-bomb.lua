-- expect: limit cpu
-- attack: %b() over a megabyte of opening parentheses
return string.find(('('):rep(1 << 20), '%b()')
