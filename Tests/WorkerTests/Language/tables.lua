local t = { 1, 2, 3, n = 'x', [10] = 10 }
assert(#t == 3 or #t == 10) assert(t.n == 'x' and t[10] == 10)
t = {} table.insert(t, 'b') table.insert(t, 1, 'a') table.insert(t, 'c')
assert(table.concat(t) == 'abc' and table.remove(t, 1) == 'a' and table.remove(t) == 'c' and #t == 1)
assert(table.remove({}) == nil and not pcall(table.insert, {}, 5, 1) and not pcall(table.insert, {}, 1, 2, 3))
assert(table.concat({ 1, 2.5, 'x' }, '-') == '1-2.5-x' and table.concat({}, ',') == '' and table.concat({ 1, 2, 3 }, '', 2, 3) == '23')
assert(not pcall(table.concat, { {} }))
local m = table.move({ 1, 2, 3 }, 1, 3, 2) assert(m[1] == 1 and m[2] == 1 and m[4] == 3)
m = table.move({ 1, 2, 3 }, 2, 3, 1) assert(m[1] == 2 and m[2] == 3 and m[3] == 3)
assert(#table.move({ 1, 2 }, 1, 2, 1, {}) == 2)
local keys = {} for k in pairs({ a = 1, b = 2 }) do keys[#keys + 1] = k end table.sort(keys)
assert(keys[1] == 'a' and keys[2] == 'b' and next({}) == nil)
local f = {} f[1.0] = 'int' f[2^53] = 'big' assert(f[1] == 'int' and f[1 << 53] == 'big')
assert(not pcall(function() f[nil] = 1 end) and not pcall(function() f[0/0] = 1 end) and f[nil] == nil)
for i, x in ipairs({ 1, 2, nil, 4 }) do assert(i == x and i < 3) end
assert(rawlen({ 1, 2 }) == 2 and rawlen('abc') == 3 and rawequal(t, t))
return true
