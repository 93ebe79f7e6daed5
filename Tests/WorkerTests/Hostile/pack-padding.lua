-- expect: error format result too large
return string.pack('c2000000000', '')
