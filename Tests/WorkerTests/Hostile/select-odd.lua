-- expect: returns true
-- attack: select and unpack at the ends of the integers
assert(not pcall(select, 0)) assert(not pcall(select, math.mininteger))
assert(select('#', select(math.maxinteger, 1, 2)) == 0)
assert(not pcall(table.unpack, {}, math.mininteger, math.maxinteger))
return true
