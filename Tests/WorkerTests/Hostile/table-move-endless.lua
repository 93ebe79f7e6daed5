-- expect: error a range of more than
table.move({}, 1, math.maxinteger - 1, 1)
