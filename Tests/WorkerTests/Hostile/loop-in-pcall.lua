-- expect: limit cpu
-- attack: endless loops, each in a pcall
while true do pcall(function() while true do end end) end
