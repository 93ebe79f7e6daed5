-- expect: error more than 20000 fields
-- attack: 30,000 dots behind a number
error(select(2, load('return 1' .. ('.'):rep(30000))), 0)
