-- expect: returns true
-- attack: stopping and steering the collector
for _, option in ipairs{ 'collect', 'stop', 'step', 'incremental', 'generational' } do
  assert(not pcall(collectgarbage, option), option)
end
return collectgarbage('count') > 0
