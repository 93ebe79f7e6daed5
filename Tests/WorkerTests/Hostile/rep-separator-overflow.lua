-- expect: error resulting string too large
return (''):rep(1 << 60, 'sep')
