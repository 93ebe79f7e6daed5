-- expect: error
-- attack: an error object of a thousand tables in each other
local e = {} for _ = 1, 1000 do e = { e } end error(e)
