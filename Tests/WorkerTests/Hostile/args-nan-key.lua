-- expect: error index is NaN
-- attack: NaN as a key
pve.echo({ [0/0] = 1 })
