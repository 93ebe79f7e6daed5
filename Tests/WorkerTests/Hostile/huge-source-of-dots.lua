-- expect: error more than 20000 fields
error(select(2, load('return 1' .. ('.'):rep(30000))), 0)
