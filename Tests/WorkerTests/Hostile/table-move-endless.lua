-- expect: error a range of more than
-- attack: table.move up to the largest integer
table.move({}, 1, math.maxinteger - 1, 1)
