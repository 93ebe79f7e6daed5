-- expect: returns true
-- attack: require of paths, of numbers and of tables
for _, n in ipairs({ '../x', '/etc/passwd', 'a..b', '', '.', 'a/b', ('a.'):rep(1000), 'a\0b', 5, {}, true }) do
  assert(not pcall(require, n))
end
return true
