-- expect: limit cpu
-- attack: an endless __close in an endless comparator
table.sort({ 3, 2, 1 }, function()
  local x <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end)
