-- expect: error pattern too long
-- attack: a pattern of a megabyte
return string.find('a', ('a'):rep(1 << 20))
