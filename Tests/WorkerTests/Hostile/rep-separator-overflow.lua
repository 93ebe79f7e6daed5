-- expect: error resulting string too large
-- attack: a string.rep whose separators overflow
return (''):rep(1 << 60, 'sep')
