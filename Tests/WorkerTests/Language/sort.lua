local t = { 5, 2, 8, 1, 9, 3 } table.sort(t) assert(table.concat(t) == '123589')
table.sort(t, function(a, b) return a > b end) assert(table.concat(t) == '985321')
local words = { 'pear', 'Apple', 'fig' } table.sort(words, function(a, b) return a:lower() < b:lower() end)
assert(table.concat(words, ' ') == 'Apple fig pear')
local big = {} for i = 1, 5000 do big[i] = (i * 7919) % 5003 end table.sort(big)
for i = 2, #big do assert(big[i - 1] <= big[i]) end
table.sort({}) table.sort({ 1 })
assert(not pcall(table.sort, { 1, 'a' }) and not pcall(table.sort, { 2, 1 }, function() error('no') end))
local mixed = { 1.5, 1, 2, 0.5 } table.sort(mixed) assert(mixed[1] == 0.5 and mixed[4] == 2)
return true
