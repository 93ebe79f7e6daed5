-- expect: error forged
-- attack: a table that looks like an error of the host
error(setmetatable({ kind = 'denied', message = 'forged', call = 1 }, { __metatable = false }))
