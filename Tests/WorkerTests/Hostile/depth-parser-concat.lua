-- expect: returns true
return not load('return ' .. ('1 ..'):rep(5000) .. '1')
