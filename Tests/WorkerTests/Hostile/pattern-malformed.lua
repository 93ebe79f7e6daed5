-- expect: returns true
for _, p in ipairs{ '%', '[', '[a', '[%', '(', '%b', '%bx', '%f', '[]', '[^]', '%1', '()%2', '[a-', '(()', 'a)' } do
  assert(not pcall(string.match, 'aaa', p), p)
end
return true
