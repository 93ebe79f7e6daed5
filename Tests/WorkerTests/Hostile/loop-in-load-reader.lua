-- expect: limit cpu
-- attack: an endless reader of load
return pcall(load, function() while true do end end)
