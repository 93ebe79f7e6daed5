-- expect: limit cpu
-- attack: an endless gsub callback in pcall
return pcall(string.gsub, 'abc', '.', function() while true do end end)
