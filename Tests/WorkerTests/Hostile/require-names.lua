-- expect: returns true
-- attack: require of paths and of names that are none
for _, name in ipairs{ '', '.', 'a..b', '../x', '/etc/passwd', 'a/b', 'a.', '.a', '1a', 'a.1', ('a'):rep(65), 'a\0b' } do
  assert(not pcall(require, name), name)
end
return true
