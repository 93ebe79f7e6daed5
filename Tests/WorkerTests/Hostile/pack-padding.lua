-- expect: error format result too large
-- attack: string.pack with 2 GB of padding
return string.pack('c2000000000', '')
