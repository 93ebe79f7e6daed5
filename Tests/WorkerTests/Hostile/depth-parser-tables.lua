-- expect: returns true
return not load('return ' .. ('{'):rep(5000))
