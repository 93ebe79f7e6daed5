assert(utf8.char(72, 228, 8364, 0x10FFFF) == 'Hä€\u{10FFFF}' and utf8.len('Hä€') == 3)
assert(utf8.codepoint('ä') == 228 and select('#', utf8.codepoint('äö', 1, -1)) == 2)
local n, at = utf8.len('a\xffb') assert(n == nil and at == 2)
assert(utf8.offset('aäb', 3) == 4 and utf8.offset('aäb', -1) == 4 and utf8.offset('a', 5) == nil)
local t = {} for p, c in utf8.codes('aä') do t[#t + 1] = p .. ':' .. c end
assert(table.concat(t, ' ') == '1:97 2:228')
assert(not pcall(function() for _ in utf8.codes('\xff') do end end) and not pcall(utf8.codepoint, '\u{D800}'))
assert(utf8.codepoint('\u{7FFFFFFF}', 1, 1, true) == 0x7FFFFFFF)
for c in ('Hä€'):gmatch(utf8.charpattern) do t[#t + 1] = c end
assert(#t == 5)
return true
