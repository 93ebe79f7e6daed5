-- expect: error
return table.concat({}, 'x', 1, math.maxinteger)
