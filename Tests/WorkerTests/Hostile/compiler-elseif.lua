-- expect: limit cpu memory
-- attack: chunks of a hundred thousand elseif, compiled for ever
local s = 'if a then' .. (' elseif b then'):rep(20000) .. ' end'
while true do load(s) end
