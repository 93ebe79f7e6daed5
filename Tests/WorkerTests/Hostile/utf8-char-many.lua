-- expect: returns true
-- attack: code points out of range
for _, n in ipairs({ -1, 1 << 31, 1 << 40, math.maxinteger }) do assert(not pcall(utf8.char, n)) end
return utf8.char(0x7fffffff) ~= nil
