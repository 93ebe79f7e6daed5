-- expect: error resulting string too large
-- attack: gsub whose result is 64 MiB
return (('x'):rep(1 << 16):gsub('', ('y'):rep(1 << 10)))
