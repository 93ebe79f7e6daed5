-- expect: returns true
return string.rep('', 1 << 60) == ''
