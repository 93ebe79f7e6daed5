-- expect: error
-- attack: table.concat of a table whose length lies
table.concat(setmetatable({ 'a' }, { __len = function() return math.maxinteger end }))
