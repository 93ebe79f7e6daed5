-- expect: error '__len'
table.sort(setmetatable({}, { __len = function() return 1 << 30 end, __index = function(_, k) return -k end }))
