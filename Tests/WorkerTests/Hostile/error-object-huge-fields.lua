-- expect: error
-- attack: an error object with a message of 15 MB
error({ kind = 'limit', message = ('x'):rep(15 << 20), hint = ('y'):rep(1000), call = 1 })
