-- expect: limit cpu
local n = 40
return string.match(('a'):rep(n), ('a?'):rep(n) .. ('a'):rep(n) .. 'b')
