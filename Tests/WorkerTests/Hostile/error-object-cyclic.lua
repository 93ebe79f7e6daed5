-- expect: error
-- attack: an error object that contains itself
local e = { message = 'round' } e.e = e error(e)
