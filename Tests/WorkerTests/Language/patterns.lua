assert(('hello world'):find('o w') == 5 and ('a.b'):find('.', 1, true) == 2 and ('abc'):find('') == 1)
assert(select(2, ('hello'):find('l+')) == 4 and ('x'):find('y') == nil and ('abc'):find('b', -1) == nil)
assert(('key = value'):match('^(%w+)%s*=%s*(%w+)$') == 'key')
assert(('  trim '):match('^%s*(.-)%s*$') == 'trim')
assert(('f(a(b)c)d'):match('%b()') == '(a(b)c)' and ('THE (quick) fox'):find('%((%a+)%)') == 5)
assert(('THE quick'):gsub('%f[%a]%a+', string.lower) == 'the quick')
assert(('abc'):gsub('', '-') == '-a-b-c-' and select(2, ('abc'):gsub('%w', '%0%0')) == 3)
assert(('hello'):gsub('l', { l = 'L' }, 1) == 'heLlo' and ('abc'):gsub('b', function() return false end) == 'abc')
assert(('$name is $age'):gsub('%$(%w+)', { name = 'x', age = 3 }) == 'x is 3')
assert(('a,b,,c'):gsub(',', ';', 2) == 'a;b;,c')
local t = {}
for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[k] = v end
assert(t.a == '1' and t.b == '2')
assert(('abc'):match('()b()') == 2 and select(2, ('abc'):match('()b()')) == 3)
assert(('x-y'):match('[%w-]+') == 'x-y' and ('a]b'):match('[]]') == ']' and ('a^b'):match('[%^]') == '^')
assert(('aXb'):match('%u') == 'X' and ('a1'):match('%D') == 'a' and ('\0a'):match('%z?%a') ~= nil)
assert(('abab'):match('^(ab)%1$') == 'ab' and not pcall(string.match, 'a', '%1'))
assert(not pcall(string.gsub, 'a', 'a', '%2') and not pcall(string.find, 'a', '[a'))
return true
