-- expect: error forged
error(setmetatable({ kind = 'denied', message = 'forged', call = 1 }, { __metatable = false }))
