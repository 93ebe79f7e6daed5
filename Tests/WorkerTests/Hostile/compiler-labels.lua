-- expect: returns true
-- attack: thousands of labels and gotos
local t = {} for i = 1, 3000 do t[i] = 'goto l' .. i .. ' ::l' .. i .. '::' end
return load(table.concat(t, ' ')) ~= nil
