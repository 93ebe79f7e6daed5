-- expect: error
-- attack: a __len that gives a text
table.insert(setmetatable({}, { __len = function() return 'many' end }), 1)
