-- expect: returns true
-- attack: keys that are tables, floats, booleans and negative numbers
for _, k in ipairs({ {}, 1.5, true, -1, math.mininteger, math.huge, print }) do pve.echo({ [k] = 1, a = 2 }) end
return true
