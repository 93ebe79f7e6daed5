-- expect: error
-- attack: a string.packsize that overflows
return string.packsize(('c2147483647'):rep(10))
