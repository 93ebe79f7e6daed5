-- expect: limit cpu
return pcall(string.gsub, 'abc', '.', function() while true do end end)
