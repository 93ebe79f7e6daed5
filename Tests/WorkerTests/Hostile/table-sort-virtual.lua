-- expect: error '__len'
-- attack: sorting a table of 2^30 elements that are computed
table.sort(setmetatable({}, { __len = function() return 1 << 30 end, __index = function(_, k) return -k end }))
