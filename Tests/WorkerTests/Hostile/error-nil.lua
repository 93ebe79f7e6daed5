-- expect: error
-- attack: error(nil), error(false) and error of a function
for _, e in ipairs({ false, print, 1.5 }) do assert(select(2, pcall(error, e)) == e) end
error(nil)
