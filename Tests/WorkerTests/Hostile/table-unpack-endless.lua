-- expect: error too many results to unpack
-- attack: table.unpack of 2^60 values
return table.unpack({}, 1, 1 << 60)
