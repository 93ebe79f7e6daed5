-- expect: returns true
-- attack: 5,000 concatenations in one expression
return not load('return ' .. ('1 ..'):rep(5000) .. '1')
