-- expect: error
-- attack: table.concat up to the largest integer
return table.concat({}, 'x', 1, math.maxinteger)
