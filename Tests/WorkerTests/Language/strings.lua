assert(#'a\0b' == 3 and '\x41\65\u{41}\z
  B' == 'AAAB')
assert([[
x]] == 'x' and [==[]]]==] == ']]')
assert(('hello'):sub(2, -2) == 'ell' and ('x'):sub(5) == '' and ('abc'):sub(-100, 100) == 'abc')
assert(('abc'):byte(-1) == 99 and select('#', ('abc'):byte(1, -1)) == 3 and string.char() == '')
assert(('ab'):rep(3, ',') == 'ab,ab,ab' and ('x'):rep(0) == '' and ('x'):rep(-1) == '')
assert(('abc'):reverse() == 'cba' and ('aB'):upper() == 'AB' and ('aB'):lower() == 'ab')
assert('a' < 'b' and 'Z' < 'a' and '' < 'a' and 'a\0a' < 'a\0b' and not ('a' < 'a') and 'a' <= 'a')
assert(string.format('%5d|%-5d|%05d|%x|%X|%o', 42, 42, 42, 255, 255, 8) == '   42|42   |00042|ff|FF|10')
assert(string.format('%.3f|%g|%e', 1 / 3, 1e20, 1) == '0.333|1e+20|1.000000e+00')
assert(string.format('%q', 'a\n"\0') == '"a\\\n\\"\\0"' and string.format('%q', 1 << 63) == '0x8000000000000000')
assert(string.format('%s %s %s', nil, true, 1.0) == 'nil true 1.0' and string.format('%%') == '%')
assert(string.format('%-6s|%.2s|', 'ab', 'xyz') == 'ab    |xy|' and string.format('%c', 65) == 'A')
assert(string.format('%i', 3.0) == '3' and not pcall(string.format, '%d', 3.5))
assert(tostring(1e15) == '1e+15' and tostring(-0.0) == '-0.0' and tostring(10 // 1) == '10')
return true
