-- expect: limit cpu memory error
-- attack: a reader that gives spaces for ever
local n = 0
return load(function() n = n + 1 return ' ' end)
