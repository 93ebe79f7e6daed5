-- expect: returns true
for _, option in ipairs{ 'collect', 'stop', 'step', 'incremental', 'generational' } do
  assert(not pcall(collectgarbage, option), option)
end
return collectgarbage('count') > 0
