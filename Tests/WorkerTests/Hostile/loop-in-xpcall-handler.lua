-- expect: limit cpu
-- attack: an endless error handler
xpcall(error, function() while true do end end)
