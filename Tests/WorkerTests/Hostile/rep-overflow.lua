-- expect: error resulting string too large
-- attack: a string.rep whose size overflows
return ('xx'):rep(math.maxinteger)
