-- expect: error '__len'
-- attack: table.insert into a table whose length lies
table.insert(setmetatable({}, { __len = function() return 1 << 60 end }), 1, 'x')
