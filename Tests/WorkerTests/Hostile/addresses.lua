-- expect: returns true
-- attack: names of tables, functions and coroutines that would show where they lie
local t = { {}, print, function() end, coroutine.create(print), pve, pve.api }
for i = 1, #t do
  assert(not tostring(t[i]):find('0x'), tostring(t[i]))
  assert(not string.format('%s', t[i]):find('0x'))
  assert(tostring(t[i]) == tostring(t[i]))
end
assert(not pcall(string.format, '%p', {}))
assert(select('#', math.randomseed()) == 0)
local _, m = pcall(error, {})
return not tostring(m):find('0x')
