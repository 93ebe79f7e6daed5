-- expect: limit cpu
return pcall(load, function() while true do end end)
