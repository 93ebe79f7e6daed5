-- expect: limit cpu depth
-- attack: xpcall handlers that call xpcall with themselves
local function h(e) return xpcall(error, h, e) end
while true do xpcall(error, h, 'x') end
