-- expect: error more than 20000 fields
-- attack: 126,000 fields in one expression
local f, problem = load('local a = {} return a' .. ('.x'):rep(126000))
error(problem, 0)
