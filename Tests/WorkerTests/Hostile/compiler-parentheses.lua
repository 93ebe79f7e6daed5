-- expect: error
-- attack: 200 parentheses and 200 blocks in each other
assert(not load(('('):rep(250) .. '1' .. (')'):rep(250)))
error(select(2, load(('do '):rep(250) .. ('end '):rep(250))), 0)
