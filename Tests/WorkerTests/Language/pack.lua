assert(string.pack('<i4', 1) == '\1\0\0\0' and string.pack('>i4', 1) == '\0\0\0\1' and string.unpack('<i4', '\1\0\0\0') == 1)
assert(string.pack('<I2', 65535) == '\xff\xff' and not pcall(string.pack, '<I2', 65536) and string.unpack('b', '\xff') == -1)
assert(string.pack('z', 'ab') == 'ab\0' and string.unpack('z', 'ab\0cd') == 'ab' and string.pack('s1', 'ab') == '\2ab')
assert(string.unpack('<d', string.pack('<d', 1.5)) == 1.5 and string.unpack('<j', string.pack('<j', math.mininteger)) == math.mininteger)
assert(string.packsize('<i4i8') == 12 and string.packsize('<!8i4i8') == 16 and not pcall(string.packsize, 's'))
local a, b, at = string.unpack('<i2i2', '\1\0\2\0') assert(a == 1 and b == 2 and at == 5)
assert(string.unpack('<i4', '\0\0\0\0\1\0\0\0', 5) == 1 and not pcall(string.unpack, '<i4', 'abc'))
assert(string.pack('c5', 'ab') == 'ab\0\0\0' and not pcall(string.pack, 'z', 'a\0b'))
return true
