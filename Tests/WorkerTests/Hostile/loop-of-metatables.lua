-- expect: limit cpu
while true do setmetatable({}, { __index = {} }) end
