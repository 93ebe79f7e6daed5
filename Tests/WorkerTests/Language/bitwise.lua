assert(0xF0 & 0x3C == 0x30 and 0xF0 | 0x0F == 0xFF and 0xFF ~ 0x0F == 0xF0 and ~0 == -1)
assert(1 << 63 == math.mininteger and 1 << 64 == 0 and -1 >> 63 == 1 and -1 >> 64 == 0)
assert(1 << -1 == 0 and 4 >> -1 == 8 and 1 << math.mininteger == 0)
assert(3.0 & 1 == 1)
assert(not pcall(function() return 1.5 & 1 end))
assert(not pcall(function() return 2.0 ^ 64 | 0 end))
assert(1 | 2 ~ 3 & 5 == 1 | (2 ~ (3 & 5)))
assert(1 .. 2 == '12' and 1 + 1 << 2 == 8)
return true
