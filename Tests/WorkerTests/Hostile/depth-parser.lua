-- expect: returns true
-- attack: 5,000 parentheses in each other
return not load('return ' .. ('('):rep(5000) .. '1' .. (')'):rep(5000))
