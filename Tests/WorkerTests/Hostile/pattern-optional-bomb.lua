-- expect: limit cpu
-- attack: forty choices, then forty characters and one that is not there
local n = 40
return string.match(('a'):rep(n), ('a?'):rep(n) .. ('a'):rep(n) .. 'b')
