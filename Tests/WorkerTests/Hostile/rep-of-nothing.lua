-- expect: returns true
-- attack: string.rep of nothing, 2^60 times
return string.rep('', 1 << 60) == ''
