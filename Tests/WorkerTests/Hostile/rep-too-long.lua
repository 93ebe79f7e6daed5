-- expect: error resulting string too large
-- attack: a string of a terabyte
return ('x'):rep(1 << 40)
