-- expect: limit cpu
-- attack: each __close raises and begins another that does
local function again()
  local x <close> = setmetatable({}, { __close = function() pcall(again) error('once more') end })
end
while true do pcall(again) end
