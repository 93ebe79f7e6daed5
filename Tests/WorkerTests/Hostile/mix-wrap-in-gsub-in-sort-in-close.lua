-- expect: limit cpu
-- attack: a loop in coroutine.wrap in gsub in sort in __close
local x <close> = setmetatable({}, { __close = function()
  table.sort({ 3, 2, 1 }, function(a, b)
    ('x'):gsub('.', function() coroutine.wrap(function() while true do end end)() end)
    return a < b
  end)
end })
