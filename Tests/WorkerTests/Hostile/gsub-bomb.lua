-- expect: error resulting string too large
return (('x'):rep(1 << 16):gsub('', ('y'):rep(1 << 10)))
