-- expect: error too many elements to move
-- attack: a table.move whose range wraps around
table.move({}, math.mininteger, math.maxinteger, 1)
