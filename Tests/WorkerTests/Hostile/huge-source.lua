-- expect: returns true
return load((' '):rep(3 << 20)) == nil
