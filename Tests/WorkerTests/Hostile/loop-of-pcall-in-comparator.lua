-- expect: limit cpu
-- attack: pcall of endless loops in a comparator
return pcall(table.sort, { 3, 2, 1 }, function()
  while true do pcall(function() while true do end end) end
end)
