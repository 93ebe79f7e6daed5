assert(0xA == 10 and 0Xa.8p0 == 10.5 and 1e2 == 100.0 and .5 == 0.5 and 3. == 3.0 and 0x.1p4 == 1.0)
assert(tostring(3.14159265358979) == '3.1415926535898' and tostring(1e14) == '1e+14' and tostring(123456.0) == '123456.0')
assert(tostring(2^63) == '9.2233720368548e+18' and tostring(math.mininteger) == '-9223372036854775808')
assert(tostring(1/0) == 'inf' and tostring(-1/0) == '-inf' and tostring(0/0):find('nan'))
assert(string.format('%.0f', 0.5) == '0' and string.format('%a', 1):find('^0x1') and string.format('%5.1f', 2.25) == '  2.2')
assert(string.format('%q', 0.1) == '0x1.999999999999ap-4' and string.format('%q', 1/0) == '1e9999' and string.format('%q', 7) == '7')
assert(-0.0 == 0.0 and 1 / -0.0 == -math.huge and 100 // 1e-320 ~= nil)
assert('1' ~= 1 and not pcall(function() return '1' < 1 end) and ({ [1] = 'n', ['1'] = 's' })['1'] == 's')
return true
