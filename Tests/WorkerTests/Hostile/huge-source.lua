-- expect: returns true
-- attack: 3 MiB of source for load
return load((' '):rep(3 << 20)) == nil
