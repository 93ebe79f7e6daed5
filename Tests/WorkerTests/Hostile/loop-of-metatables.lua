-- expect: limit cpu
-- attack: metatables for ever
while true do setmetatable({}, { __index = {} }) end
