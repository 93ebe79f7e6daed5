-- expect: returns true
-- attack: 5,000 table constructors in each other
return not load('return ' .. ('{'):rep(5000))
