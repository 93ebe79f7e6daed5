-- expect: returns true
return not load('return ' .. ('('):rep(5000) .. '1' .. (')'):rep(5000))
