-- expect: limit cpu memory error
local n = 0
return load(function() n = n + 1 return ' ' end)
