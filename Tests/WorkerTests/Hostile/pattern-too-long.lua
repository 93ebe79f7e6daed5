-- expect: error pattern too long
return string.find('a', ('a'):rep(1 << 20))
