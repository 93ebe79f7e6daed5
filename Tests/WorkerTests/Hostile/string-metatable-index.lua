-- expect: returns true
-- attack: writing to the table of string methods
local m = getmetatable('')
pcall(function() m.__index = function() return print end end)
pcall(function() string.upper = function() return 'forged' end end)
return ('a'):upper() == 'A' or string.upper('a') == 'forged'
