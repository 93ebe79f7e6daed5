-- expect: returns true
-- attack: patterns that are not well-formed
for _, p in ipairs{ '%', '[', '[a', '[%', '(', '%b', '%bx', '%f', '[]', '[^]', '%1', '()%2', '[a-', '(()', 'a)' } do
  assert(not pcall(string.match, 'aaa', p), p)
end
return true
