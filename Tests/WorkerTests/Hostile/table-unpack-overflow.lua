-- expect: error too many results to unpack
-- attack: a table.unpack whose range overflows
return table.unpack({}, math.mininteger, math.maxinteger)
