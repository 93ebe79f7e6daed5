-- expect: limit cpu
-- attack: an error handler that loops when the limit comes
xpcall(function() while true do end end, function() while true do end end)
return 'swallowed'
