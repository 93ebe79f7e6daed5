-- expect: error not from a call
-- attack: an error object that names a call of the host
error({ kind = 'auth', message = 'not from a call', call = 4294967295, where = 'pvelua:1' })
