-- expect: limit cpu
-- attack: an endless comparator in pcall
return pcall(table.sort, { 3, 2, 1 }, function() while true do end end)
