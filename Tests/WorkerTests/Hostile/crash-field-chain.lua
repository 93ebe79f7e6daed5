-- expect: error more than 20000 fields
local f, problem = load('local a = {} return a' .. ('.x'):rep(126000))
error(problem, 0)
