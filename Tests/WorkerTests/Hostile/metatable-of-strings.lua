-- expect: returns true
-- attack: changing the metatable of strings
return getmetatable('') == false and not pcall(setmetatable, '', {})
