-- expect: returns true
-- attack: a list whose last index is 2^31, and one of 2^53
pve.echo({ [1] = 1, [1 << 31] = 2 }) pve.echo({ [1 << 53] = 2 }) pve.echo({ [math.maxinteger] = 2 })
return true
