-- expect: returns true
return getmetatable('') == false and not pcall(setmetatable, '', {})
